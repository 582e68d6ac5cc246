/** A task by keyboard: a super-agent plans, sub-agents work, an aggregator merges; where two contradict each other the person decides. */
import assert from 'node:assert/strict';
import { contradictingTeam, VERSIONS } from '../lib/contradicting-team.mjs';
import { agentRows, openResult, pickRow, quickInput, SAMPLE, showAgents } from '../lib/product.mjs';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

export const options = { files: { 'run.ts': SAMPLE }, settings: UNKNOWN_PRICES };

export default (h) => withTeamServer((server) => runTasks(h, server));

async function runTasks(h, server) {
  await h.step('Escape starts nothing', async () => {
    await h.command('Ensemble: Run Task...');
    await h.page.locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.press('Escape');
    assert.equal(await openResult(h), null);
  });

  await h.step('a task is planned, done and merged', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Run Task...');
    await h.page.locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.type('Explain the risks of this module');
    await h.page.keyboard.press('Enter');
    const text = await h.until('the result', () => openResult(h));
    assert.match(text, /## Agents/);
    await showAgents(h);
    const rows = await h.until('the agents', async () => {
      const all = await agentRows(h);
      return all.length >= 5 && all.every((row) => /completed/.test(row)) && all;
    });
    h.log(rows);
    assert.match(rows[0], /^Explain the risks of this module, completed/);
    await h.shot('result');
  });

  await h.step('the performance report tells what its agents did', async () => {
    await h.command('Ensemble: Show Performance Report...');
    await h.page.locator('.quick-input-list-row', { hasText: 'Last 30 Days' }).first().waitFor();
    await h.shot('report-pick');
    await h.page.keyboard.type('Last 30');
    await h.page.keyboard.press('Enter');
    const text = await h.until('the report', () => textAt(h, '/performance/'));
    assert.match(text, /^# Performance: Last 30 Days\n\n1 run, as of /);
    assert.match(text, /\| planner +\| +1 \| +0 \| +100 % \|/);
    assert.match(text, /## Accounts\n\n[\s\S]*\| offline +\| +\d+ \|/);
    await h.command('View: Close All Editor Groups');
    await h.command('Ensemble: Show Performance Report...');
    await h.page.locator('.quick-input-list-row', { hasText: 'Last 30 Days' }).first().waitFor();
    await h.page.keyboard.press('Enter');
    await h.page.locator('.view-line', { hasText: 'planner' }).first().waitFor();
    await h.shot('report');
  });

  await h.step('a workflow asks for its parameters, and its result is shown', async () => {
    await h.command('Ensemble: Run Workflow...');
    await h.page.locator('.quick-input-list-row', { hasText: 'Requirement to Code' }).first().waitFor();
    await h.shot('workflows');
    await h.page.keyboard.type('Requirement');
    await h.page.keyboard.press('Enter');
    const message = h.page.locator('.quick-input-message');
    await message.filter({ hasText: 'What should be built' }).waitFor();
    await h.page.keyboard.press('Enter');
    await message.filter({ hasText: 'This has to be given.' }).waitFor();
    await h.page.keyboard.type('Count the words of a text. It should ignore punctuation.');
    await h.page.keyboard.press('Enter');
    await message.filter({ hasText: 'Separate several by commas.' }).waitFor();
    await h.shot('parameter');
    await h.page.keyboard.press('Enter');
    await h.page.locator('.quick-input-list-row', { hasText: 'default' }).first().waitFor();
    await h.page.keyboard.press('Enter');
    const text = await h.until('the result', () => textAt(h, '/Count the words'));
    assert.match(text, /No file is proposed\. Nobody has checked it/);
    await h.shot('pipeline');
  });

  await h.step('the key of a tracing destination is kept unseen, and removed when it is left empty', async () => {
    await h.command('Ensemble: Set Tracing Key...');
    await pickRow(h, 'Logfire');
    const box = quickInput(h).locator('input').first();
    await quickInput(h).locator('.quick-input-message', { hasText: 'secret storage of the editor' }).waitFor();
    assert.equal(await box.getAttribute('type'), 'password');
    await h.page.keyboard.type('lf-canary-key');
    await h.shot('tracing-key');
    await h.page.keyboard.press('Enter');
    await h.notification('The key of Logfire is kept').waitFor();
    const settings = await h.evaluate((vscode) => JSON.stringify(vscode.workspace.getConfiguration('ensemble')));
    assert.doesNotMatch(settings, /lf-canary-key/);
    await h.command('Ensemble: Set Tracing Key...');
    await pickRow(h, 'Logfire');
    await quickInput(h).locator('.quick-input-message', { hasText: 'secret storage of the editor' }).waitFor();
    await h.page.keyboard.press('Enter');
    await h.notification('The key of Logfire was removed').waitFor();
  });

  await h.step('where agents contradict each other the person takes a version, and another one', async () => {
    server.script = contradictingTeam();
    await setAccounts(h, [teamAccount('local', server)]);
    await h.command('View: Close All Editor Groups');
    await h.command('Ensemble: Run Task...');
    await quickInput(h).locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.type('Mend the input');
    await h.page.keyboard.press('Enter');
    const text = await h.until('the result', () => textAt(h, '/Mend the input'));
    assert.match(text, /## Left for you to decide\n[\s\S]*### Conflict 1: `run\.ts`, line 4\n/);
    const line = 1 + text.split('\n').findIndex((one) => one.startsWith('### Conflict 1'));
    await h.command('View: Focus First Editor Group');
    await h.page.keyboard.press('Control+g');
    await h.page.keyboard.type(String(line));
    await h.page.keyboard.press('Enter');
    const lens = (words) => h.page.locator('.codelens-decoration a', { hasText: words }).first();
    await lens('Take Version 2').waitFor();
    await h.shot('conflict');
    const proposed = (words) => h.page.locator('.editor.modified .view-line', { hasText: words }).first();
    await lens('Take Version 2').click();
    await proposed(VERSIONS[1].seen).waitFor();
    await h.shot('conflict-taken');
    await h.command('Ensemble: Take a Version of Contradicting Changes...');
    await quickInput(h).locator('.quick-input-list-row', { hasText: 'taken' }).first().waitFor();
    await h.shot('conflict-pick');
    await pickRow(h, 'Version 1');
    await proposed(VERSIONS[0].seen).waitFor();
    await h.command('Ensemble: Apply Proposed Changes');
    await h.until('the version in the file', async () => (await textOf(h, 'run.ts')).includes(VERSIONS[0].seen));
  });
}

/** The text of an open document of ours whose path has the words; null: there is none. */
function textAt(h, words) {
  return h.evaluate((vscode, part) => {
    const ours = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'ensemble-result');
    return ours.find(({ uri }) => uri.path.includes(part))?.getText() ?? null;
  }, words);
}

/** The text of an open file of the workspace. */
function textOf(h, name) {
  return h.evaluate(
    (vscode, end) =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.path.endsWith(end))?.getText() ??
      '',
    `/${name}`,
  );
}
