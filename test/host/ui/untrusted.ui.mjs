/** Restricted Mode: views work, nothing runs, a message says why, and trust granted later needs no reload. */
import assert from 'node:assert/strict';
import { accountRow, diagnostics, openResult, SAMPLE, showAccounts, showAgents } from '../lib/product.mjs';

/** What a stranger's repository might bring along. */
const FOLDER_SETTINGS = {
  'ensemble.engine.contextStrategy': 'everything',
  'ensemble.accounts': [{ name: 'theirs', provider: 'xai', apiKey: 'xai-canary1234567890abcdef12' }],
};

export const options = {
  trust: false,
  files: { 'run.ts': SAMPLE, '.vscode/settings.json': JSON.stringify(FOLDER_SETTINGS, null, 2) },
};

export default async (h) => {
  const clear = () => h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
  const setting = (key) => h.evaluate((vscode, name) => vscode.workspace.getConfiguration('ensemble').get(name), key);
  const reviewSelection = async () => {
    await h.openFile('run.ts');
    await h.line('eval(input)').click();
    await h.page.keyboard.press('Control+A');
    await h.command('Ensemble: Review Selection with Agents');
  };

  await h.step('the view says why there is nothing', async () => {
    await showAgents(h);
    await h.page.locator('.welcome-view-content', { hasText: 'Restricted Mode' }).waitFor();
    await h.shot('view');
  });

  await h.step('a key in the folder’s settings is named, not shown and not used', async () => {
    await showAccounts(h);
    await h.evaluate((vscode) =>
      vscode.workspace
        .getConfiguration('ensemble')
        .update('accounts', [{ name: 'mine', provider: 'ollama', enabled: false }], vscode.ConfigurationTarget.Global),
    );
    const toast = h.notification('settings.json holds a key');
    await toast.waitFor();
    assert.doesNotMatch(await toast.innerText(), /canary/);
    await accountRow(h, 'mine').waitFor();
    await accountRow(h, 'Settings problem').waitFor();
    await h.shot('accounts');
    assert.deepEqual(
      (await setting('accounts')).map(({ name }) => name),
      ['mine'],
    );
    await clear();
    await h.evaluate((vscode) =>
      vscode.workspace.getConfiguration('ensemble').update('accounts', undefined, vscode.ConfigurationTarget.Global),
    );
  });

  await h.step('a review is refused with a way out', async () => {
    await reviewSelection();
    const toast = h.notification('Restricted Mode');
    await toast.waitFor();
    await h.shot('refused');
    assert.equal(await openResult(h), null);
    assert.deepEqual(await diagnostics(h, 'run.ts'), []);
    assert.equal(await setting('engine.contextStrategy'), 'shared', 'the folder has no say');
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
  });

  await h.step('after trust was granted it runs in the same window', async () => {
    const host = await h.exthostPid();
    await h.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
    await h.until('trust', () => h.evaluate((vscode) => vscode.workspace.isTrusted));
    await h.notification('engine.contextStrategy').waitFor();
    await h.shot('settings of the folder');
    await clear();
    await reviewSelection();
    await h.until('the result', () => openResult(h));
    assert.equal(await h.exthostPid(), host);
    assert.ok((await diagnostics(h, 'run.ts')).some(({ line }) => line === 4));
  });
};
