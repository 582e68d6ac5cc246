/** Agents of a nested plan at work: tools, a message, a handoff, and questions to the person that outlive a reload. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { capture } from '../../../scripts/lib/process.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';
import { agentRows, agentsPane, foldViews, openResult, pickRow, quickInput, showAgents } from '../lib/product.mjs';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';
import { WORKING_FILES, workingTeam } from '../lib/working-team.mjs';

export const options = {
  files: WORKING_FILES,
  settings: { ...UNKNOWN_PRICES, 'window.autoDetectColorScheme': false },
  viewport: { width: 1400, height: 950 },
  timeoutMs: 240_000,
};

const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

export default (h) => withTeamServer((server) => agentsAtWork(h, server));

async function agentsAtWork(h, server) {
  let surveyIsDone = () => {};
  const surveyed = new Promise((resolve) => {
    surveyIsDone = resolve;
  });
  server.script = workingTeam(surveyed);
  const dialog = h.page.locator('.monaco-dialog-box');
  const row = (text) => agentsPane(h).locator('.monaco-list-row', { hasText: text }).first();
  const says = (text, words) =>
    h.until(`"${words}" in the row of ${text}`, async () => (await labelOf(row(text)))?.includes(words));
  const status = h.page.locator('#ensemble\\.ensemble-agents\\.ensemble\\.status');
  const statusSays = (words) =>
    h.until(`"${words}" in the status bar`, async () => (await status.innerText()).includes(words));
  const effects = () => {
    const log = path.join(h.workspace, 'effects.log');
    return fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : [];
  };
  const prepareView = async () => {
    await showAgents(h);
    await foldViews(h, 'Accounts', 'History', 'Prompt Library');
    await widenSideBar(h, 260);
  };
  /** Pictures in both themes. */
  const look = async (name) => {
    for (const [word, theme] of Object.entries(THEMES)) {
      await setTheme(h, theme);
      await h.page
        .locator(word === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs')
        .first()
        .waitFor();
      await h.shot(`${name}-${word}`);
    }
  };

  await h.step('a question is told where the person is: message, row, run, status bar', async () => {
    await setAccounts(h, [teamAccount('local', server)]);
    await prepareView();
    await h.command('Ensemble: Run Task...');
    await quickInput(h).locator('.quick-input-message', { hasText: 'What shall the agents do?' }).waitFor();
    await h.page.keyboard.type('Check the sums');
    const memory = quickInput(h).locator('[aria-label^="Tell the Agents What Was Done Here Before"]').first();
    await memory.click();
    await quickInput(h).locator('.quick-input-message', { hasText: 'and what was done here before' }).waitFor();
    await h.shot('memory');
    await memory.click();
    await quickInput(h).locator('.quick-input-message', { hasText: 'goes along.' }).waitFor();
    await quickInput(h).locator('input[type="text"]').first().click();
    await h.page.keyboard.press('Enter');
    const toast = h.notification('asks: Run the tests in edge.test.js?');
    await toast.waitFor();
    assert.match(await toast.innerText(), /tester asks[\s\S]*Command: node --test edge\.test\.js[\s\S]*Folder: /);
    await toast.getByRole('button', { name: 'Refuse' }).waitFor();
    await says('Try the edge cases', 'asks: Run the tests in edge.test.js?');
    await says('Check the sums', '1 agent waits for your decision');
    await statusSays('1 agent asks');
    await look('question');
  });

  await h.step('all of it is shown before it is allowed, and it can be put off', async () => {
    await h.rowAction(row('Try the edge cases'), 'Allow...', dialog);
    const text = await dialog.innerText();
    for (const part of [
      'Run the tests in edge.test.js?',
      'Command: node --test edge.test.js',
      `Folder: ${h.workspace}`,
    ]) {
      assert.ok(text.includes(part), text);
    }
    assert.match(text, /Agent: tester\s+Task: Try the edge cases\s+Run: Check the sums/);
    await h.shot('details');
    await h.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await h.contextMenu(row('Try the edge cases'), 'Allow...');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(effects(), []);
  });

  await h.step('the Dashboard leads to the same question', async () => {
    await h.command('Ensemble: Open Dashboard');
    const question = h.webview().locator('.question', { hasText: 'Run the tests in edge.test.js?' });
    await question.getByRole('button', { name: 'Answer...' }).click();
    await dialog.waitFor();
    assert.ok((await dialog.innerText()).includes('Command: node --test edge.test.js'));
    await h.shot('dashboard');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(effects(), []);
    await h.command('View: Close All Editors');
  });

  await h.step('an answer of another process counts at once, and the agent asks the next', async () => {
    const database = await h.api((api) => api.storagePath);
    const cli = (...args) =>
      capture(process.execPath, [inProject('dist', 'cli.js'), '--db', database, ...args], {
        cwd: h.workspace,
        env: { ...process.env, HOME: h.dirs.user },
      });
    const { items } = JSON.parse(await cli('runs', 'list', '--json', '--quiet'));
    assert.match(
      await cli('runs', 'approve', items[0].runId, '--refuse'),
      /Refused: Run the tests in edge\.test\.js\?/,
    );
    await says('Try the edge cases', 'asks: Run the tests in zero.test.js?');
    assert.deepEqual(effects(), []);
  });

  await h.step('two that wait are offered as a list, from the status bar too', async () => {
    surveyIsDone();
    await says('Check the sums', '2 agents wait for your decision');
    await status.click();
    await pickRow(h, 'Answer Waiting Agents (2)');
    await quickInput(h).locator('.monaco-list-row', { hasText: 'zero.test.js' }).first().waitFor();
    await quickInput(h).locator('.monaco-list-row', { hasText: 'sum.test.js' }).first().waitFor();
    await h.shot('list');
    await h.page.keyboard.press('Escape');
  });

  await h.step('a reload loses no question', async () => {
    await h.reload();
    await prepareView();
    await h.notification('2 agents wait for your decision').waitFor();
    await says('Check the sums', '2 agents wait for your decision');
    await says('Try the edge cases', 'asks: Run the tests in zero.test.js?');
    await statusSays('2 agents ask');
  });

  await h.step('refused by mouse, allowed by keyboard: the agents go on with either', async () => {
    await row('Try the edge cases').hover();
    await row('Try the edge cases').locator('.action-label[aria-label^="Refuse"]').click();
    await says('Check the sums', '1 agent waits for your decision');
    await h.command('Ensemble: Answer Waiting Agents...');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /Command: node --test sum\.test\.js/);
    await h.page.keyboard.press('Enter');
    const result = await h.until('the result', () => openResult(h));
    assert.match(result, /The sums hold\./);
    assert.match(result, /The edges were not tried: refused\./);
    assert.deepEqual(effects(), ['sum']);
    await h.page.locator('.notification-toast', { hasText: 'wait' }).waitFor({ state: 'detached' });
  });

  await h.step('the tree tells what everybody did, before and after a reload', async () => {
    await says('Check the sums', 'completed, 7 of 7 agents');
    await foldViews(h, 'Accounts', 'History', 'Prompt Library');
    const before = await agentRows(h);
    h.log(before);
    const of = (title) =>
      before.find((label) => label.startsWith(title)) ?? assert.fail(`${title} in ${before.join('\n')}`);
    assert.match(of('Survey the code'), /2 tool calls, 1 message/);
    assert.match(of('Collect the edge cases'), /researcher, 1 tool call, handed over by generalist/);
    assert.match(of('Try the edge cases'), /tester, 2 tool calls/);
    await look('done');
    await h.reload();
    await prepareView();
    await h.until('the same rows', async () => {
      const after = await agentRows(h);
      return after.length === before.length && after.every((label, at) => label === before[at]);
    });
    assert.deepEqual(server.unscripted, []);
  });
}

function labelOf(row) {
  return row.getAttribute('aria-label', { timeout: 1000 }).catch(() => null);
}

function setTheme(h, theme) {
  return h.evaluate(
    (vscode, name) =>
      vscode.workspace.getConfiguration().update('workbench.colorTheme', name, vscode.ConfigurationTarget.Global),
    theme,
  );
}

/** Drags the side bar's edge to the right. */
async function widenSideBar(h, pixels) {
  const { x, y, width } = await h.page.locator('.part.sidebar').boundingBox();
  if (width > pixels + 250) return;
  await h.page.mouse.move(x + width, y + 500);
  await h.page.mouse.down();
  await h.page.mouse.move(x + width + pixels, y + 500, { steps: 5 });
  await h.page.mouse.up();
}
