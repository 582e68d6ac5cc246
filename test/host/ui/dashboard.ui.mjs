/** The Dashboard during a run with a scripted team: by mouse and keyboard, live, hidden and shown, over a reload, in four themes. */
import assert from 'node:assert/strict';
import { keepThemes, THEMES } from '../lib/dashboard-themes.mjs';
import { openResult, showAgents } from '../lib/product.mjs';
import { answerFor, setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

export const options = {
  files: {
    'run.ts': [
      "import { exec } from 'node:child_process';",
      '',
      'export function run(input: string): void {',
      '  eval(input);',
      "  exec('ls ' + input);",
      '}',
      '',
    ].join('\n'),
  },
  settings: UNKNOWN_PRICES,
  timeoutMs: 300_000,
};

const setTheme = (h, theme) =>
  h.evaluate(
    (vscode, name) =>
      vscode.workspace.getConfiguration().update('workbench.colorTheme', name, vscode.ConfigurationTarget.Global),
    theme,
  );

const closeResult = (h) =>
  h.evaluate((vscode) => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return vscode.window.tabGroups.close(tabs.filter(({ input }) => input?.uri?.scheme === 'ensemble-result'));
  });

/** A gate that holds answers back until it is opened. */
function gate() {
  let open;
  const promise = new Promise((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

export default (h) => withTeamServer((server) => script(h, server));

async function script(h, server) {
  const page = () => h.webview(0);
  const node = (title) => page().locator('button.node', { hasText: title });
  const held = gate();
  // The reviewers begin to write and wait; everything after them answers at once.
  server.script = (request) => {
    const reviewer = request.rawBody.includes('A finding whose quote is not in the file is thrown away');
    return answerFor(
      request,
      reviewer ? { chunkBytes: 200, beforePiece: (sent) => (sent > 400 ? held.promise : undefined) } : {},
    );
  };

  await h.step('opens by the palette and says what to do', async () => {
    await h.command('Ensemble: Open Dashboard');
    await page().getByRole('heading', { name: 'No runs yet' }).waitFor();
    await page().getByRole('button', { name: 'Add Account...' }).waitFor();
    await h.shot('empty');
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.action.closeActiveEditor'));
    await h.page.locator('.tab', { hasText: 'Ensemble Dashboard' }).waitFor({ state: 'detached' });
  });

  await h.step('opens by its icon during a run and shows who is at work', async () => {
    await setAccounts(h, [teamAccount('team-1', server), teamAccount('team-2', server)]);
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await showAgents(h);
    await h.treeRow('Review for security').waitFor();
    const header = h.page.locator('.part.sidebar .pane-header', { hasText: 'Agents' }).first();
    await header.hover();
    await header.locator('a[aria-label^="Open Dashboard"]').click();
    await node('Review for security').filter({ hasText: 'running' }).waitFor();
    await node('Sum up the findings').filter({ hasText: 'pending' }).waitFor();
    await page().getByText('team-1').first().waitFor();
  });

  await h.step('shows what an agent writes, by keyboard', async () => {
    await node('Review for').first().focus();
    await h.page.keyboard.press('ArrowDown');
    await h.page.keyboard.press('Enter');
    await page().locator('#details-heading:focus').waitFor();
    await page().locator('.text', { hasText: 'findings' }).waitFor();
    await h.shot('running');
  });

  await h.step('is whole again after it was hidden', async () => {
    await h.openFile('run.ts');
    await page()
      .locator('button.node')
      .first()
      .waitFor({ state: 'detached' })
      .catch(() => undefined);
    await h.page.locator('.tab', { hasText: 'Ensemble Dashboard' }).click();
    await node('Review for security').filter({ hasText: 'running' }).waitFor();
    await page().locator('.text', { hasText: 'findings' }).waitFor();
  });

  await h.step('turns to completed as the agents end, and opens the result', async () => {
    held.open();
    await node('Sum up the findings').filter({ hasText: 'completed' }).waitFor();
    await page().locator('.run-facts', { hasText: 'completed' }).waitFor();
    await h.until('the result', () => openResult(h));
    const result = h.page.locator('.tab', { hasText: 'Review of' });
    await result.waitFor();
    assert.ok(await page().locator('.run-facts').isVisible(), 'the result opens beside the Dashboard, not over it');
    await closeResult(h);
    await result.waitFor({ state: 'detached' });
    await page().getByRole('button', { name: 'Open Result' }).click();
    await result.waitFor();
    await closeResult(h);
  });

  await h.step('is back after a reload, with the same run and task', async () => {
    await h.command('Ensemble: Open Dashboard');
    await node('Review for security').click();
    await page().locator('#details-heading', { hasText: 'Review for security' }).waitFor();
    await h.written('the chosen task', (text) => /ensemble\.dashboard.*\bsecurity\b/s.test(text));
    await h.reload();
    await page().locator('#details-heading', { hasText: 'Review for security' }).waitFor();
    await node('Sum up the findings').filter({ hasText: 'completed' }).waitFor();
  });

  await h.step('stops a run, by a button of its own', async () => {
    server.script = () => ({ type: 'hang' });
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await h.notification('0 of 6 agents done').waitFor();
    await showAgents(h);
    await h.treeRow('Review of').click();
    await h.page.keyboard.press('Alt+Enter');
    await node('Review for security').filter({ hasText: 'running' }).waitFor();
    await page().getByRole('button', { name: 'Cancel Run' }).focus();
    await h.page.keyboard.press('Enter');
    await page().locator('.run-facts', { hasText: 'can be resumed' }).waitFor();
    await page().getByRole('button', { name: 'Resume Run' }).waitFor();
    await h.shot('stopped');
  });

  await h.step('can be looked at in every theme', async () => {
    await h.evaluate(async (vscode) => {
      await vscode.commands.executeCommand('notifications.clearAll');
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      await vscode.commands.executeCommand('ensemble.openDashboard');
    });
    await page().getByRole('combobox', { name: 'Run' }).selectOption({ index: 1 });
    const recorded = {};
    for (const [name, { title, body }] of Object.entries(THEMES)) {
      await setTheme(h, title);
      await page().locator(`body.${body}`).waitFor();
      await node('Sum up the findings').waitFor();
      recorded[name] = await page()
        .locator('html')
        .evaluate((html) => Object.fromEntries([...html.style].map((key) => [key, html.style.getPropertyValue(key)])));
      await h.shot(name);
    }
    assert.ok(Object.values(recorded).every((theme) => '--vscode-foreground' in theme));
    keepThemes(recorded);
    await setTheme(h, THEMES.dark.title);
  });
}
