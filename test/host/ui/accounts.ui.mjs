/** Accounts by keyboard: two keys work as a team, survive a restart, are in no file; a refused key; removal. */
import assert from 'node:assert/strict';
import { filesWith } from '../lib/find-text.mjs';
import { addAccount, agentRows, diagnostics, openResult, pickRow, SAMPLE, showAgents } from '../lib/product.mjs';
import { answerFor, setAccounts, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

const KEYS = ['sk-canary-first-4f1d9be07c', 'sk-canary-second-81aa02c6ef'];
const NEW_KEY = 'sk-canary-third-00c1d2e3f4';
const WRONG_KEY = 'sk-canary-wrong-7b21c09d55';

export const options = { target: 'vsix', files: { 'run.ts': SAMPLE }, settings: UNKNOWN_PRICES, timeoutMs: 300_000 };

export default (h) => withTeamServer((server) => accounts(h, server));

async function accounts(h, server) {
  const configured = () => h.evaluate((vscode) => vscode.workspace.getConfiguration('ensemble').get('accounts'));
  const closeResults = () => h.evaluate((vscode) => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  const keysSeen = () => [...new Set(server.requests.map(({ key }) => key))].sort();
  const review = async () => {
    await closeResults();
    server.requests.length = 0;
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    return h.until('the result', () => openResult(h));
  };

  await h.step('Escape changes nothing', async () => {
    await h.command('Ensemble: Add Account...');
    await h.page.locator('.quick-input-list .monaco-list-row', { hasText: 'xAI Grok' }).waitFor();
    await h.sleep(500);
    await h.shot('providers');
    await h.page.keyboard.press('Escape');
    assert.deepEqual(await configured(), []);
  });

  for (const [index, name] of ['first', 'second'].entries()) {
    await h.step(`the account "${name}" is added, tried and given a model`, async () => {
      const account = { provider: 'OpenAI-compatible', name, baseURL: `${server.origin}/v1`, key: KEYS[index] };
      await addAccount(h, account);
      await pickRow(h, 'model-a');
      await pickRow(h, 'Finish');
      await h.notification(`${name} works: 2 models`).waitFor();
      await h.until('the setting', async () => (await configured())[index]?.models?.complex === 'model-a');
      assert.doesNotMatch(JSON.stringify(await configured()), /canary/);
    });
  }

  await h.step('a review uses both, and the tree says who did what', async () => {
    const text = await review();
    assert.match(text, /Text from outside is run as code/);
    assert.deepEqual(keysSeen(), [...KEYS].sort());
    assert.deepEqual(server.unscripted, []);
    assert.ok((await diagnostics(h, 'run.ts')).some(({ line }) => line === 4));
    await showAgents(h);
    const rows = await h.until('the agents', async () => {
      const all = await agentRows(h);
      return all.length >= 7 && all.slice(1).every((row) => /completed/.test(row)) && all;
    });
    assert.match(
      rows.join('\n'),
      /Review for security, completed, .*security-auditor, \w+, openai-compatible\/model-a/,
    );
    assert.match(rows.join('\n'), /first, openai-compatible\/model-a/);
    assert.match(rows.join('\n'), /second, openai-compatible\/model-a/);
    assert.match(rows[1], /tokens/);
    await h.shot('two accounts');
  });

  await h.step('the keys are in no file', async () => {
    await h.sleep(6000); // what the workbench keeps is written every 5 s
    for (const key of KEYS) assert.deepEqual(filesWith(key, [h.dirs.user, h.dirs.server, h.workspace]), []);
  });

  await h.step('the keys survive a restart', async () => {
    await h.server.restart();
    await h.reload();
    await review();
    assert.deepEqual(keysSeen(), [...KEYS].sort());
  });

  await h.step('a refused key is named, and the other account does the work', async () => {
    server.script = (request) =>
      request.key === KEYS[1]
        ? { type: 'error', status: 401, body: { error: { message: `Incorrect API key: ${request.key}` } } }
        : answerFor(request);
    await review();
    const toast = h.notification('refused the key of: second');
    await toast.waitFor();
    assert.doesNotMatch(await toast.innerText(), /canary/);
    await h.shot('refused key');
    const enterKey = async (notification, key) => {
      await notification.getByRole('button', { name: 'Update Key...' }).click();
      await h.page.locator('.quick-input-message', { hasText: 'Key of second' }).waitFor();
      await h.page.keyboard.type(key);
      await h.page.keyboard.press('Enter');
    };
    server.refusedKeys.add(WRONG_KEY);
    await enterKey(toast, WRONG_KEY);
    const kept = h.notification('so the former was kept');
    await kept.waitFor();
    await h.shot('refused new key');
    await enterKey(kept, NEW_KEY);
    await h.notification('second works').waitFor();
    await review();
    assert.deepEqual(keysSeen(), [KEYS[0], NEW_KEY].sort());
  });

  await h.step('all keys refused: one message with the way out, nothing lost', async () => {
    server.script = () => ({ type: 'error', status: 401, body: { error: { message: 'no' } } });
    await closeResults();
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    const toast = h.notification('refused the key of: first, second');
    await toast.waitFor();
    await h.shot('all refused');
    assert.doesNotMatch(await toast.innerText(), /\bat \w+.*\.js/);
  });

  await h.step('removing an account asks first and deletes its key', async () => {
    server.script = (request) => answerFor(request);
    for (const name of ['first', 'second']) {
      await h.command('Ensemble: Remove Account...');
      const row = h.page.locator('.quick-input-list .monaco-list-row', { hasText: name });
      const dialog = h.page.locator('.monaco-dialog-box');
      await row.or(dialog).first().waitFor();
      if (await row.isVisible()) await row.click();
      await dialog.getByRole('button', { name: 'Remove' }).click();
      await h.notification(`The account ${name} was removed`).waitFor();
    }
    assert.deepEqual(await configured(), []);
    assert.match(await review(), /built-in rules/, 'without any account they do the work');
    assert.deepEqual(server.requests, []);
    const account = { name: 'first', provider: 'openai-compatible', baseURL: `${server.origin}/v1` };
    await setAccounts(h, [account]);
    await review();
    assert.doesNotMatch(JSON.stringify(keysSeen()), /canary/);
  });
}
