/** Restricted Mode: nothing runs, a message says why, and trust granted later needs no reload. */
import assert from 'node:assert/strict';
import { diagnostics, openResult, SAMPLE, showAgents } from '../lib/product.mjs';

export const options = { trust: false, files: { 'run.ts': SAMPLE } };

export default async (h) => {
  await h.step('the view says why there is nothing', async () => {
    await showAgents(h);
    await h.page.locator('.welcome-view-content', { hasText: 'Restricted Mode' }).waitFor();
    await h.shot('view');
  });

  await h.step('a review is refused with a way out', async () => {
    await h.openFile('run.ts');
    await h.line('eval(input)').click();
    await h.page.keyboard.press('Control+A');
    await h.command('Ensemble: Review Selection with Agents');
    const toast = h.notification('Restricted Mode');
    await toast.waitFor();
    await h.shot('refused');
    assert.equal(await openResult(h), null);
    assert.deepEqual(await diagnostics(h, 'run.ts'), []);
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
  });

  await h.step('after trust was granted it runs in the same window', async () => {
    const host = await h.exthostPid();
    await h.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
    await h.until('trust', 20_000, () => h.evaluate((vscode) => vscode.workspace.isTrusted));
    await h.openFile('run.ts');
    await h.line('eval(input)').click();
    await h.page.keyboard.press('Control+A');
    await h.command('Ensemble: Review Selection with Agents');
    await h.until('the result', 60_000, () => openResult(h));
    assert.equal(await h.exthostPid(), host);
    assert.ok((await diagnostics(h, 'run.ts')).some(({ line }) => line === 4));
  });
};
