/** Two windows on one folder and one database: both work at once, each sees the other's runs after a refresh. */
import assert from 'node:assert/strict';
import { agentRows, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { files: { 'one.ts': SAMPLE, 'two.ts': SAMPLE } };

export default async (h) => {
  const other = await h.openWindow();
  const review = async (window, file) => {
    await window.openFile(file);
    await window.evaluate((vscode) => vscode.commands.executeCommand('ensemble.reviewFile'));
  };

  await h.step('both review at once', async () => {
    await Promise.all([review(h, 'one.ts'), review(other, 'two.ts')]);
    assert.match(await h.until('the result', () => openResult(h)), /one\.ts:4/);
    assert.match(await h.until('the other result', () => openResult(other)), /two\.ts:4/);
  });

  await h.step('each sees both', async () => {
    for (const window of [h, other]) {
      await window.page.bringToFront();
      await showAgents(window);
      await window.evaluate((vscode) => vscode.commands.executeCommand('ensemble.refreshRuns'));
      await h.until('both runs', async () => {
        const rows = (await agentRows(window)).join('\n');
        return /Review of one\.ts, completed/.test(rows) && /Review of two\.ts, completed/.test(rows);
      });
    }
  });
};
