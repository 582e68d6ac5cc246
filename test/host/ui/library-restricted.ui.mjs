/** Restricted Mode: prompts and history can be read and edited, a prompt is not run, and a message says why. */
import assert from 'node:assert/strict';
import { foldViews, openResult, SAMPLE } from '../lib/product.mjs';

export const options = { trust: false, files: { 'run.ts': SAMPLE } };

export default async (h) => {
  const row = (title, text) =>
    h.page
      .locator('.part.sidebar .pane', { has: h.page.locator(`.pane-header[aria-label*="${title}"]`) })
      .locator('.monaco-list-row', { hasText: text })
      .first();

  await h.step('the prompts are there and open', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Focus on Prompt Library View');
    await row('Prompt Library', 'bug-fix').waitFor();
    await foldViews(h, 'Agents', 'Accounts');
    await row('Prompt Library', 'code-review').click();
    await h.line('Comprehensive code review').waitFor();
  });

  await h.step('running one is refused before anything is asked', async () => {
    await h.rowAction(row('Prompt Library', 'code-review'), 'Run Prompt', h.notification('Restricted Mode'));
    assert.equal(await openResult(h), null);
  });

  await h.step('the history says that there is nothing yet', async () => {
    await h.command('Ensemble: Focus on History View');
    await h.page.getByText('Nothing has run in this workspace yet.').waitFor();
    await h.shot('restricted');
  });
};
