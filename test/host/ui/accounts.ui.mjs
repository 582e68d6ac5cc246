/** Accounts by keyboard: add with a key, the key survives a restart and is in no file, remove deletes it. */
import assert from 'node:assert/strict';
import { filesWith } from '../lib/find-text.mjs';
import { addAccount } from '../lib/product.mjs';

const KEY = 'sk-canary-4f1d9be07c';

export const options = { target: 'both' };

export default async (h) => {
  const configured = () => h.evaluate((vscode) => vscode.workspace.getConfiguration('ensemble').get('accounts'));

  await h.step('Escape changes nothing', async () => {
    await h.command('Ensemble: Add Account...');
    await h.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await h.page.keyboard.press('Escape');
    assert.deepEqual(await configured(), []);
  });

  await h.step('the key is typed into a password box', async () => {
    await addAccount(h, { provider: 'OpenAI-compatible', name: 'local', baseURL: 'http://127.0.0.1:9/v1', key: KEY });
    await h.notification('local does not work').waitFor();
    await h.shot('added');
    assert.deepEqual(await configured(), [
      { name: 'local', provider: 'openai-compatible', baseURL: 'http://127.0.0.1:9/v1' },
    ]);
  });

  await h.step('the key is in no file', async () => {
    await h.sleep(6000); // what the workbench keeps is written every 5 s
    assert.deepEqual(filesWith(KEY, [h.dirs.user, h.dirs.server, h.workspace]), []);
  });
};
