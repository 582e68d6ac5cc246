/** Refactoring by mouse and by keyboard: goals, differences, apply, one undo; refused when the code has changed. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SAMPLE, showAgents } from '../lib/product.mjs';
import {
  refactoringAnswerFor,
  setAccounts,
  teamAccount,
  UNKNOWN_PRICES,
  withTeamServer,
} from '../lib/scripted-team.mjs';

export const options = {
  files: { 'src/run.ts': SAMPLE, 'src/windows.ts': SAMPLE.replaceAll('\n', '\r\n'), 'src/busy.ts': SAMPLE },
  settings: {
    ...UNKNOWN_PRICES,
    'editor.minimap.enabled': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'files.autoSave': 'off',
  },
  timeoutMs: 300_000,
};

/** How long a click may take to show something before it counts as lost, ms. */
const CLICK_MS = 5_000;
const NEW_LINE = 'JSON.parse(input)';

export default (h) => withTeamServer((server) => refactor(h, server));

/** The text of an open document of the workspace, its line breaks and whether it is saved. */
function documentOf(h, name) {
  return h.evaluate((vscode, file) => {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.path.endsWith(file));
    return document ? { text: document.getText(), isDirty: document.isDirty } : null;
  }, name);
}

async function refactor(h, server) {
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const rows = h.page.locator('.quick-input-list .monaco-list-row');
  const tab = (label) => h.page.locator('.tab.active', { hasText: label });
  const action = (label) => h.page.locator(`.editor-actions a[aria-label^="${label}"]`).first();
  const onDisk = (name) => fs.readFileSync(path.join(h.workspace, name), 'utf8');
  const textIs = (name, what, holds, timeoutMs) =>
    h.until(what, async () => holds(((await documentOf(h, name)) ?? { text: '' }).text), timeoutMs);
  /** Applies what the diff in front proposes; a title bar that is drawn anew under the mouse swallows a click. */
  const applied = (name, what, holds) =>
    h.until(what, async () => {
      await action('Apply Proposed Changes').click({ timeout: CLICK_MS });
      return textIs(name, what, holds, CLICK_MS);
    });
  server.script = (request) => refactoringAnswerFor(request);
  await setAccounts(h, [teamAccount('local', server)]);

  await h.step('right-click on a selection asks for goals and shows the differences', async () => {
    await h.openFile('src/run.ts');
    await h.line('export function run').click({ position: { x: 2, y: 8 } });
    await h.page.keyboard.press('Home');
    for (let line = 0; line < 4; line++) await h.page.keyboard.press('Shift+ArrowDown');
    const on = { position: { x: 40, y: 8 } };
    await h.contextMenu(h.line('eval(input)'), 'Ensemble', 'Refactor Selection...', on);
    await rows.filter({ hasText: 'Error Handling' }).waitFor();
    await h.shot('goals');
    await rows.filter({ hasText: 'Error Handling' }).click();
    await tab('run.ts (1 change proposed)').waitFor();
    await h.line(NEW_LINE).waitFor();
    await h.shot('diff');
    assert.equal(onDisk('src/run.ts'), SAMPLE);
  });

  await h.step('Apply changes the document, and one undo takes it all back', async () => {
    await applied('src/run.ts', 'the new text', (text) => text.includes(NEW_LINE) && !text.includes('eval'));
    await tab('run.ts').waitFor();
    await h.until('the saved file', () => onDisk('src/run.ts').includes(NEW_LINE));
    await h.until('the saved document', async () => !(await documentOf(h, 'src/run.ts')).isDirty);
    assert.equal(await h.page.locator('.tab', { hasText: 'proposed' }).count(), 0);
    await h.shot('applied');
    await h.line('console.log').click();
    await h.page.keyboard.press('Control+Z');
    await textIs('src/run.ts', 'the old text', (text) => text === SAMPLE);
    await h.page.keyboard.press('Control+S');
  });

  await h.step('by keyboard, in own words, with preview, in a file with CRLF', async () => {
    await h.openFile('src/windows.ts');
    await h.command('Ensemble: Refactor File...');
    await box.getByPlaceholder('What should become better?').waitFor();
    await h.page.keyboard.type('never run text from outside');
    await rows.filter({ hasText: 'in your own words' }).waitFor();
    await h.page.keyboard.press('Enter');
    await tab('windows.ts (1 change proposed)').waitFor();
    await h.command('Ensemble: Apply Proposed Changes with Preview...');
    const apply = h.page.locator('.part.panel').getByRole('button', { name: 'Apply', exact: true });
    await apply.waitFor();
    await h.page
      .locator('.part.panel .monaco-list-row input, .part.panel .monaco-list-row .monaco-checkbox')
      .first()
      .click();
    await h.shot('preview');
    await apply.click();
    await textIs('src/windows.ts', 'the new text', (text) => text.includes(NEW_LINE));
    assert.doesNotMatch((await documentOf(h, 'src/windows.ts')).text, /[^\r]\n/);
  });

  await h.step('own words are offered again', async () => {
    await h.openFile('src/busy.ts');
    await h.command('Ensemble: Refactor File...');
    await rows.filter({ hasText: 'never run text from outside' }).waitFor();
    await h.shot('goals again');
    await rows.filter({ hasText: 'never run text from outside' }).click();
    await tab('busy.ts (1 change proposed)').waitFor();
  });

  await h.step('a document that has changed meanwhile is not touched, and the agents can be asked again', async () => {
    await h.evaluate(async (vscode) => {
      const edit = new vscode.WorkspaceEdit();
      const [uri] = await vscode.workspace.findFiles('src/busy.ts');
      edit.insert(uri, new vscode.Position(0, 0), '// mine\n');
      await vscode.workspace.applyEdit(edit);
    });
    await action('Apply Proposed Changes').click();
    const toast = h.notification('busy.ts has changed since');
    await toast.waitFor();
    await h.shot('changed');
    assert.equal((await documentOf(h, 'src/busy.ts')).text, `// mine\n${SAMPLE}`);
    await toast.getByRole('button', { name: 'Run Again' }).click();
    await toast.waitFor({ state: 'detached' });
    await h.notification('Refactoring').waitFor({ state: 'detached' });
    await tab('busy.ts (1 change proposed)').waitFor();
    const wanted = (text) => text.startsWith('// mine\n') && text.includes(NEW_LINE);
    await applied('src/busy.ts', 'the new text under the own line', wanted);
    assert.equal((await documentOf(h, 'src/busy.ts')).isDirty, true, 'what was unsaved stays unsaved');
  });

  /** Refactors a file and expects a message in words, and the file as it was. */
  const failsWith = async (sentence) => {
    await h.openFile('src/run.ts');
    await h.command('Ensemble: Refactor File...');
    await rows.filter({ hasText: 'Readability' }).click();
    const toast = h.notification(sentence);
    await toast.waitFor();
    const text = await toast.innerText();
    assert.doesNotMatch(text, /\n\s+at |undefined|\[object/);
    assert.equal((await documentOf(h, 'src/run.ts')).text, SAMPLE);
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await toast.waitFor({ state: 'detached' });
  };

  await h.step('prose instead of an answer ends in a sentence', async () => {
    server.script = () => ({ type: 'answer', text: 'I would rather not.' });
    await failsWith('holds no complete JSON object');
  });

  await h.step('so does a refusal by every account', async () => {
    server.script = () => ({ type: 'error', status: 401, body: { error: { message: 'no such key' } } });
    await failsWith('The provider refused the key of: local');
    await setAccounts(h, [teamAccount('another', server)]);
  });

  await h.step('a discarded proposal can be shown again, also after a reload', async () => {
    server.script = (request) => refactoringAnswerFor(request);
    await h.openFile('src/run.ts');
    await h.command('Ensemble: Refactor File...');
    await rows.filter({ hasText: 'Performance' }).click();
    await tab('run.ts (1 change proposed)').waitFor();
    await action('Discard Proposed Changes').click();
    await h.page.locator('.tab', { hasText: 'proposed' }).waitFor({ state: 'detached' });
    await h.evaluate((vscode) => vscode.workspace.saveAll());
    await h.written('the closed proposal', (text) => text !== '' && !text.includes('ensemble-edit'));
    await h.reload();
    await showAgents(h);
    const row = h.treeRow('Refactoring of src/run.ts');
    await h.rowAction(row, 'Show Proposed Changes', tab('run.ts (1 change proposed)'));
    await h.line(NEW_LINE).waitFor();
    await h.shot('after reload');
    assert.equal(onDisk('src/run.ts'), SAMPLE);
  });

  await h.step('light', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace
        .getConfiguration()
        .update('workbench.colorTheme', 'Default Light Modern', vscode.ConfigurationTarget.Global),
    );
    await h.page.locator('.monaco-workbench.vs').waitFor();
    await h.shot('diff-light');
  });
}
