/** Before code leaves the machine the person is asked; without a network a message says so. */
import assert from 'node:assert/strict';
import { openResult, SAMPLE } from '../lib/product.mjs';
import { UNKNOWN_PRICES } from '../lib/scripted-team.mjs';

// A name that never resolves (RFC 2606): nothing can be reached by mistake.
const account = { name: 'far', provider: 'openai-compatible', baseURL: 'https://models.invalid/v1' };
export const options = { files: { 'run.ts': SAMPLE }, settings: { ...UNKNOWN_PRICES, 'ensemble.accounts': [account] } };

export default async (h) => {
  const dialog = h.page.locator('.monaco-dialog-box');

  await h.step('the first send asks, naming account, endpoint and amount', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await dialog.waitFor();
    const text = await dialog.innerText();
    for (const fact of ['far', 'models.invalid', 'model calls', 'tokens']) assert.ok(text.includes(fact), text);
    await h.shot('question');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await h.notification('Nothing was sent').waitFor();
    assert.equal(await openResult(h), null);
  });

  await h.step('without a network the run fails with a sentence, not a stack trace', async () => {
    await h.command('Ensemble: Review File');
    await dialog.getByRole('button', { name: 'Send' }).click();
    const toast = h.page
      .locator('.notification-toast', { has: h.page.getByRole('button', { name: 'Show Log' }) })
      .first();
    await toast.waitFor({ timeout: 90_000 });
    const text = await toast.innerText();
    h.log(text);
    assert.match(text, /network|reach|connect|models\.invalid/i);
    assert.doesNotMatch(text, /\n\s+at /);
    await h.shot('no network');
  });
};
