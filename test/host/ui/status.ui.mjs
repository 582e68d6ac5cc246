/** The status bar, its actions, the walkthrough, and keys that hide none of the editor's own. */
import assert from 'node:assert/strict';
import { accountsPane, openResult, pickRow, quickInput, SAMPLE, showAgents, showTooltip } from '../lib/product.mjs';

export const options = { files: { 'run.ts': SAMPLE } };

export default async (h) => {
  const item = h.page.locator('.statusbar-item', { hasText: 'Ensemble' }).first();
  const theme = (name) =>
    h.evaluate(
      (vscode, value) =>
        vscode.workspace.getConfiguration().update('workbench.colorTheme', value, vscode.ConfigurationTarget.Global),
      name,
    );

  await h.step('nothing is in the status bar before anything ran', async () => {
    await showAgents(h);
    assert.equal(await item.count(), 0);
  });

  await h.step('after the first run it is there, and a click offers what one may want', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Review File');
    await h.until('the result', () => openResult(h));
    await item.waitFor();
    await h.until('the end of the run', async () => /^\W*Ensemble\W*$/.test(await item.innerText()));
    await item.click();
    await quickInput(h).locator('.monaco-list-row', { hasText: 'Show Agents' }).waitFor();
    await h.shot('actions');
    await pickRow(h, 'Show Accounts');
    await accountsPane(h).locator('.welcome-view-content').waitFor();
  });

  await h.step('the tooltip says what was spent', async () => {
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await showTooltip(h, item, 'Spent today');
    await h.shot('tooltip');
  });

  await h.step('the walkthrough leads through the first steps', async () => {
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
    await h.command('Ensemble: Open Walkthrough');
    const page = h.page.locator('.gettingStartedContainer');
    for (const step of ['Try it without a key', 'Add an account', 'Review your change', 'Look at the dashboard']) {
      await page.getByText(step, { exact: true }).first().click();
      await page.locator('.getting-started-step.expanded', { hasText: step }).waitFor();
      await h.sleep(700); // the picture is a webview that fades in
      await h.shot(`walkthrough ${step}`);
    }
    await theme('Default Dark Modern');
    await h.page.locator('.monaco-workbench.vs-dark').waitFor();
    await h.sleep(700);
    await h.shot('walkthrough dark');
  });

  await h.step('our keys hide none of the editor’s', async () => {
    const { ours, defaults } = await h.evaluate(async (vscode) => {
      const file = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
      const { packageJSON } = vscode.extensions.getExtension('ensemble.ensemble-agents');
      const bindings = packageJSON.contributes.keybindings ?? [];
      return { ours: bindings, defaults: (await vscode.workspace.openTextDocument(file)).getText() };
    });
    const taken = [...defaults.matchAll(/"key":\s*"([^"]+)",\s*"command":\s*"([^"]+)"/g)];
    assert.ok(taken.length > 500, `${taken.length} defaults were read`);
    // A key within a view or a document of ours is in nobody's way.
    for (const { key } of ours.filter(({ when }) => !/(?:focusedView|resourceScheme) == '?ensemble/.test(when))) {
      const others = taken.filter(([, each, id]) => each === key && !id.startsWith('ensemble.')).map(([, , id]) => id);
      assert.deepEqual(others, [], key);
    }
  });

  await h.step('the chord reviews the selection', async () => {
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
    await h.openFile('run.ts');
    await h.line('eval(input)').click();
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.press('Control+K');
    await h.page.keyboard.press('Control+G');
    await h.until('the result', () => openResult(h));
  });
};
