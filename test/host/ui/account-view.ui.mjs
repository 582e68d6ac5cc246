/** The Accounts view by mouse: health, limits, budget, names, switching off, and settings that cannot be used. */
import assert from 'node:assert/strict';
import {
  accountRow,
  accountsPane,
  addAccount,
  answerBox,
  openResult,
  pickRow,
  quickInput,
  SAMPLE,
  showAccounts,
  showTooltip,
} from '../lib/product.mjs';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withOllamaServer, withTeamServer } from '../lib/scripted-team.mjs';

export const options = { files: { 'run.ts': SAMPLE }, settings: UNKNOWN_PRICES, timeoutMs: 300_000 };

export default (h) => withTeamServer((server) => view(h, server));

async function view(h, server) {
  const setting = (key) => h.evaluate((vscode, name) => vscode.workspace.getConfiguration('ensemble').get(name), key);
  const theme = (name) =>
    h.evaluate(
      (vscode, value) =>
        vscode.workspace.getConfiguration().update('workbench.colorTheme', value, vscode.ConfigurationTarget.Global),
      name,
    );
  const says = async (name, pattern) => {
    const row = accountRow(h, name);
    return h.until(`${name}: ${pattern}`, async () => {
      const label = await row.getAttribute('aria-label');
      return pattern.test(label ?? '') && label;
    });
  };
  const clear = () => h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
  const openedResult = () => h.until('the result', () => openResult(h));
  const menu = (name, entry) => h.contextMenu(accountRow(h, name), entry);

  await h.step('without an account the view offers the ways in', async () => {
    await showAccounts(h);
    await accountsPane(h).locator('.welcome-view-content').getByRole('button', { name: 'Add Account' }).waitFor();
    await h.shot('welcome');
  });

  await h.step('Ollama is looked for only when it is chosen, and found at another address', async () => {
    await withOllamaServer(async (ollama) => {
      await h.command('Ensemble: Add Account...');
      await pickRow(h, 'Ollama');
      await answerBox(h, 'Name of the account', 'local');
      await quickInput(h).getByPlaceholder('Is Ollama running?').waitFor();
      await h.shot('no Ollama');
      await h.page.keyboard.press('Escape');
      await quickInput(h).waitFor({ state: 'hidden' });
      assert.deepEqual(await setting('accounts'), [], 'what does not work is not kept');
      await h.command('Ensemble: Add Account...');
      await pickRow(h, 'Ollama');
      await answerBox(h, 'Name of the account', 'local');
      await pickRow(h, 'Enter Another Address');
      await answerBox(h, 'Base URL', ollama.origin);
      await pickRow(h, 'Choose a Model per Tier');
      for (const [tier, model] of [
        ['simple work', 'model-a'],
        ['medium work', 'model-a'],
        ['complex work', 'model-b'],
      ]) {
        await quickInput(h).getByPlaceholder(tier).waitFor();
        await pickRow(h, model);
      }
      await quickInput(h).locator('.monaco-list-row', { hasText: 'Finish' }).waitFor();
      await h.page.keyboard.press('Escape');
      await h.notification('What you left out has its default').waitFor();
    });
    const [account] = await setting('accounts');
    assert.deepEqual(account.models, { simple: 'model-a', medium: 'model-a', complex: 'model-b' });
    await setAccounts(h, []);
    await accountsPane(h).locator('.welcome-view-content').waitFor();
    await clear();
  });

  await h.step('an account is added with a limit and a budget, going back on the way', async () => {
    await addAccount(h, {
      provider: 'OpenAI-compatible',
      name: 'typo',
      baseURL: `${server.origin}/v1`,
      key: 'sk-canary-view-1234567890',
    });
    await quickInput(h).locator('.monaco-list-row', { hasText: 'model-a' }).waitFor();
    await h.shot('models');
    for (const prompt of ['Key of', 'Base URL', 'Name of the account']) {
      await quickInput(h).getByRole('button', { name: 'Back' }).click();
      await quickInput(h).locator('.quick-input-message', { hasText: prompt }).waitFor();
    }
    await h.shot('back at the name');
    await answerBox(h, 'Name of the account', 'team');
    await answerBox(h, 'Base URL', `${server.origin}/v1`);
    await answerBox(h, 'Key of', 'sk-canary-view-1234567890');
    await pickRow(h, 'model-a');
    await pickRow(h, 'Set Both');
    await answerBox(h, 'Requests per minute', 'many');
    await quickInput(h).locator('.quick-input-message', { hasText: 'Enter a number' }).waitFor();
    await h.shot('not a number');
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.type('600');
    await h.page.keyboard.press('Enter');
    await answerBox(h, 'Tokens per minute', '');
    await answerBox(h, 'Calls at the same time', '4');
    await answerBox(h, 'in a day', '5');
    await quickInput(h).locator('.quick-input-message', { hasText: 'in a month' }).waitFor();
    await h.page.keyboard.press('Escape');
    await h.notification('The account was added').waitFor();
    const [account, ...others] = await setting('accounts');
    assert.deepEqual(others, []);
    assert.deepEqual(account.budget, { perDayUSD: 5 });
    assert.equal(account.name, 'team');
    assert.deepEqual((await setting('quotaGroups')).team, { requestsPerMinute: 600, concurrent: 4 });
  });

  await h.step('after a run the row says what it did', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await openedResult();
    await says('team', /ready.*tokens/);
    await clear();
    await accountRow(h, 'team').locator('.monaco-tl-twistie').click();
    await accountRow(h, 'Limits').waitFor();
    const rows = await accountsPane(h)
      .locator('.monaco-list-row')
      .evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));
    h.log(rows.join(' | '));
    assert.match(rows.join('\n'), /Endpoint: 127\.0\.0\.1:\d+/);
    assert.match(rows.join('\n'), /Models: model-a/);
    assert.match(rows.join('\n'), /Limits: \d+ of 600 requests\/min · \d of 4 calls at once/);
    assert.match(rows.join('\n'), /Today: .*of \$5\.00/);
    await showTooltip(h, accountRow(h, 'team').locator('.label-name'), 'Endpoint');
    await h.shot('light');
    await theme('Default Dark Modern');
    await h.page.locator('.monaco-workbench.vs-dark').waitFor();
    await h.shot('dark');
  });

  await h.step('it is switched off and on by its buttons', async () => {
    await accountRow(h, 'team').hover();
    await accountRow(h, 'team').getByRole('button', { name: 'Disable Account' }).click();
    await says('team', /disabled/);
    assert.equal((await setting('accounts'))[0].enabled, false);
    await accountRow(h, 'team').hover();
    await accountRow(h, 'team').getByRole('button', { name: 'Enable Account' }).click();
    await says('team', /ready/);
  });

  await h.step('it gets another name, and its key goes along', async () => {
    await menu('team', 'Rename Account...');
    await answerBox(h, 'New name', 'work');
    await says('work', /ready/);
    await h.until('its limits', async () => Object.keys(await setting('quotaGroups')).join() === 'work');
    await menu('work', 'Test Account');
    await h.notification('work works: 2 models').waitFor();
  });

  await h.step('a rate limit shows its cause and the time that is left', async () => {
    server.requests.length = 0;
    server.script = () => ({
      type: 'error',
      status: 429,
      headers: { 'retry-after': '90' },
      body: { error: { message: 'slow down' } },
    });
    await h.openFile('run.ts');
    await h.evaluate((vscode) => void vscode.commands.executeCommand('ensemble.reviewFile'));
    await says('work', /rate limited, free in \d+ s/);
    await h.page.locator('.statusbar-item', { hasText: '1 running' }).waitFor();
    await h.shot('cooling');
    assert.deepEqual(
      [...new Set(server.requests.map(({ key }) => key))],
      ['sk-canary-view-1234567890'],
      'its key went along',
    );
    await h.command('Ensemble: Cancel Run');
    const row = quickInput(h).locator('.monaco-list-row').first();
    await row.waitFor();
    await row.click();
  });

  await h.step('a refused key raises the badge and offers to enter another one', async () => {
    server.script = () => ({ type: 'error', status: 401, body: { error: { message: 'no' } } });
    await setAccounts(h, [{ ...teamAccount('refused', server) }]);
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await says('refused', /key refused/);
    // Two runs that stopped wait as well.
    await h.page.locator('.activitybar .badge-content', { hasText: '3' }).first().waitFor();
    await h.page.locator('.statusbar-item', { hasText: 'account waits' }).waitFor();
    await accountRow(h, 'refused').locator('.monaco-tl-twistie').click();
    await accountRow(h, 'What to do').waitFor();
    await clear();
    await h.shot('refused');
    await accountRow(h, 'What to do').click();
    await quickInput(h).locator('.quick-input-message', { hasText: 'Key of refused' }).waitFor();
    await h.page.keyboard.press('Escape');
  });

  await h.step('a key in the settings is refused with advice, without showing it', async () => {
    await setAccounts(h, [
      { name: 'leaky', provider: 'xai', baseURL: 'https://api.x.ai/v1/sk-canary1234567890abcdef' },
    ]);
    const toast = h.notification('holds a key');
    await toast.waitFor();
    assert.doesNotMatch(await toast.innerText(), /canary/);
    await says('leaky', /settings problem/);
    await accountRow(h, 'Settings problem').waitFor();
    await h.shot('settings problem');
  });
}
