/** What several UI scripts ask of the running extension. All of it works through the window and the public API. */

/** Code with findings that the built-in rules see; `eval(input)` stands on line 4. */
export const SAMPLE = [
  "import { exec } from 'node:child_process';",
  '',
  'export function run(input: string): void {',
  '  eval(input);',
  "  exec('ls ' + input);",
  '}',
  '',
].join('\n');

/** Our diagnostics of a file of the workspace: start line (1-based) and message. */
export function diagnostics(h, file) {
  return h.evaluate(async (vscode, name) => {
    const folder = vscode.workspace.workspaceFolders[0].uri;
    return vscode.languages
      .getDiagnostics(vscode.Uri.joinPath(folder, name))
      .filter(({ source }) => source === 'Ensemble')
      .map(({ range, message }) => ({ line: range.start.line + 1, message }));
  }, file);
}

/** The text of the result document that is open in a tab; null: none is. */
export function openResult(h) {
  return h.evaluate(async (vscode) => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const tab = tabs.find(({ input }) => input?.uri?.scheme === 'ensemble-result');
    return tab ? (await vscode.workspace.openTextDocument(tab.input.uri)).getText() : null;
  });
}

/** Shows the Agents view by a click on our icon in the activity bar. */
export async function showAgents(h) {
  const pane = agentsPane(h);
  if (!(await pane.isVisible())) await h.page.locator('.activitybar a[aria-label^="Ensemble"]').first().click();
  await pane.waitFor();
}

/** The Agents view. */
export function agentsPane(h) {
  return h.page.locator('.part.sidebar .pane', { has: h.page.locator('.pane-header[aria-label*="Agents"]') }).first();
}

/** The rows of the Agents view as a screen reader says them. */
export async function agentRows(h) {
  const rows = agentsPane(h).locator('.monaco-list-row');
  return rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
}

/** Folds views of our sidebar by their titles, so that the others show more than a few rows. */
export async function foldViews(h, ...titles) {
  for (const title of titles) {
    const header = h.page.locator(`.part.sidebar .pane-header.expanded[aria-label*="${title}"]`);
    // A view that is drawn meanwhile swallows a click.
    await h.until(`${title} to be folded`, async () => {
      if (!(await header.isVisible())) return true;
      // On the title: the middle may hold a button. It may be folded, or covered, by the time of the click.
      await header.click({ position: { x: 40, y: 10 }, timeout: 2000 });
      return false;
    });
  }
}

/** Waits until no progress notification is shown. */
export async function progressGone(h) {
  await h.page.locator('.notification-toast .monaco-progress-container.active').waitFor({ state: 'detached' });
}

/** The box that asks for something at the top of the window. */
export function quickInput(h) {
  return h.page.locator('.quick-input-widget:not([style*="display: none"])');
}

/** Fills the text box that asks for `prompt`. */
export async function answerBox(h, prompt, text) {
  await quickInput(h).locator('.quick-input-message', { hasText: prompt }).waitFor();
  await h.page.keyboard.press('Control+A');
  await h.page.keyboard.type(text);
  await h.page.keyboard.press('Enter');
}

/** Picks a row of the list at the top of the window by keyboard. */
export async function pickRow(h, text) {
  await quickInput(h).locator('.monaco-list-row', { hasText: text }).first().waitFor();
  await h.page.keyboard.type(text);
  await quickInput(h).locator('.monaco-list-row.focused', { hasText: text }).first().waitFor();
  await h.page.keyboard.press('Enter');
}

/**
 * Adds an account by keyboard up to its test: picks the provider, then answers each box with Enter; `baseURL` null: there
 * is no such box.
 */
export async function addAccount(h, { provider, name, baseURL, key }) {
  await h.command('Ensemble: Add Account...');
  await quickInput(h).getByPlaceholder('Whose account is it?').waitFor();
  await pickRow(h, provider);
  for (const [prompt, text] of [
    ['Name of the account', name],
    ['Base URL', baseURL],
    ['Key of', key],
  ]) {
    if (text !== null) await answerBox(h, prompt, text);
  }
}

/** Shows the Accounts view with all its rows: the other views of the side bar are folded. */
export async function showAccounts(h) {
  await showAgents(h);
  await h.evaluate((vscode) => vscode.commands.executeCommand('ensemble.accounts.focus'));
  await accountsPane(h).waitFor();
}

/** The Accounts view. */
export function accountsPane(h) {
  return h.page.locator('.part.sidebar .pane', { has: h.page.locator('.pane-header[aria-label*="Accounts"]') }).first();
}

/** A row of the Accounts view. */
export function accountRow(h, text) {
  return accountsPane(h).locator('.monaco-list-row', { hasText: text }).first();
}

/** What scripts about the History look at: its view, rows and their labels, the box that asks, the text of the active editor. */
export function historyParts(h) {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^History/i }) });
  return {
    pane,
    row: (text) => pane.locator('.monaco-list-row', { hasText: text }).first(),
    labels: () =>
      pane.locator('.monaco-list-row').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? '')),
    box: quickInput(h),
    shown: () => h.evaluate((vscode) => vscode.window.activeTextEditor?.document.getText() ?? ''),
  };
}

/** Rests the mouse on something until its tooltip with `text` is shown. */
export async function showTooltip(h, locator, text) {
  const tooltip = h.page.locator('.monaco-hover', { hasText: text }).first();
  await h.until(`the tooltip "${text}"`, async () => {
    await h.page.mouse.move(700, 400, { steps: 3 });
    await locator.hover();
    return tooltip.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  });
}
