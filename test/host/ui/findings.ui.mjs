/** Findings in the code: threads, fixes, dismissals with undo, walking through them, evidence, a later review, a reload. */
import assert from 'node:assert/strict';
import { diagnostics, openResult, SAMPLE } from '../lib/product.mjs';
import { setAccounts, teamAccount, UNKNOWN_PRICES, withTeamServer } from '../lib/scripted-team.mjs';

const base = { category: 'security', line: null, confidence: 0.9 };
const FINDINGS = [
  {
    ...base,
    file: 'src/run.ts',
    quote: '  eval(input);',
    severity: 'critical',
    title: 'Text from outside is run as code',
    explanation: 'Whoever calls `run()` decides what this process does.',
    suggestion: 'Parse the input instead of running it.',
    replacement: '  JSON.parse(input);',
  },
  {
    ...base,
    file: 'src/run.ts',
    quote: "  exec('ls ' + input);",
    severity: 'high',
    title: 'A shell runs text from outside',
    explanation: 'A semicolon in the input is enough to run another program.',
    suggestion: 'Use execFile with a list of arguments.',
    replacement: null,
  },
  {
    ...base,
    file: 'src/token.ts',
    quote: 'export const token = () => Math.random();',
    severity: 'medium',
    title: 'The token can be guessed',
    explanation: 'Math.random() is predictable.',
    suggestion: 'Use randomUUID().',
    replacement: null,
  },
];

export const options = {
  files: { 'src/run.ts': SAMPLE, 'src/token.ts': '// Makes tokens.\nexport const token = () => Math.random();\n' },
  settings: { ...UNKNOWN_PRICES, 'typescript.validate.enable': false, 'workbench.colorTheme': 'Default Dark Modern' },
  timeoutMs: 300_000,
};

export default (h) => withTeamServer((server) => script(h, server), FINDINGS);

async function script(h, server) {
  const dialog = h.page.locator('.monaco-dialog-box');
  const thread = h.page.locator('.review-widget:visible');
  const glyphs = h.page.locator('.comment-range-glyph.comment-thread, .comment-range-glyph.comment-thread-unresolved');
  const quickInput = h.page.locator('.quick-input-widget:visible');
  const titles = async (file) => (await diagnostics(h, file)).map(({ message }) => message.split(' (')[0]);
  const review = async () => {
    await h.contextMenu(h.treeRow('src'), 'Ensemble', 'Review');
    if (
      await Promise.race([
        dialog.waitFor().then(() => true),
        h.page
          .locator('.tab', { hasText: 'Review of src' })
          .waitFor()
          .then(() => false),
      ])
    )
      await dialog.getByRole('button', { name: 'Send' }).click();
  };
  const closeResults = () =>
    h.evaluate(async (vscode) => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      await vscode.window.tabGroups.close(tabs.filter(({ input }) => input?.uri?.scheme === 'ensemble-result'));
    });

  await h.step('a folder of the Explorer is reviewed by a right-click on it', async () => {
    await setAccounts(h, [teamAccount('team', server)]);
    await h.openFile('src/run.ts');
    await h.evaluate((vscode) => vscode.commands.executeCommand('workbench.view.explorer'));
    await review();
    await h.until('findings in both files', async () => {
      const found = [...(await titles('src/run.ts')), ...(await titles('src/token.ts'))];
      return found.length === 3;
    });
    await closeResults();
  });

  await h.step('each finding has a closed thread that leaves the code alone', async () => {
    await h.until('two marks', async () => (await glyphs.count()) === 2);
    assert.equal(await thread.count(), 0);
    await h.shot('closed');
  });

  await h.step('a click on the mark opens the thread', async () => {
    await glyphs.first().click();
    await thread.first().waitFor();
    const text = await thread.first().innerText();
    h.log(text);
    for (const part of [
      'Critical',
      'Text from outside is run as code',
      'decides what this process does',
      'Parse the input',
      'security-auditor',
      '90 %',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
    await h.shot('thread');
  });

  await h.step('Accept applies the fix; Undo takes it back', async () => {
    await thread.first().getByRole('button', { name: 'Accept Finding' }).click();
    await h.line('JSON.parse(input);').waitFor();
    await h.until('the finding to go', async () => (await titles('src/run.ts')).length === 1);
    await h.line('JSON.parse(input);').click();
    await h.page.keyboard.press('Control+Z');
    await h.line('eval(input);').waitFor();
  });

  await h.step('the keyboard walks through all findings and begins again', async () => {
    const place = () =>
      h.evaluate((vscode) => {
        const editor = vscode.window.activeTextEditor;
        return `${editor?.document.uri.path.split('/').at(-1)}:${(editor?.selection.active.line ?? 0) + 1}`;
      });
    const press = async (key, expected) => {
      await h.page.keyboard.press('Control+K');
      await h.page.keyboard.press(key);
      await h.until(expected, async () => (await place()) === expected);
    };
    await h.line('export function run').click();
    await press('F8', 'run.ts:5');
    await press('F8', 'token.ts:2');
    await press('F8', 'run.ts:5');
    await press('Shift+F8', 'token.ts:2');
    await thread.first().waitFor();
  });

  await h.step('a quick fix dismisses with a reason, and Undo brings the finding back', async () => {
    await h.page.keyboard.press('Control+.');
    const entry = h.page.locator('.action-widget .monaco-list-row', { hasText: 'Dismiss' });
    await entry.waitFor();
    await h.shot('quick fixes');
    await entry.click();
    await quickInput.getByText('False Positive').click();
    await h.until('it to go', async () => (await titles('src/token.ts')).length === 0);
    await h.notification('Dismissed: The token can be guessed').getByRole('button', { name: 'Undo' }).click();
    await h.until('it to be back', async () => (await titles('src/token.ts')).length === 1);
  });

  await h.step('a reason of one’s own is remembered: the next review lists it as dismissed earlier', async () => {
    await h.openFile('src/token.ts');
    await h.line('Math.random').click();
    await h.command('Ensemble: Dismiss Finding...');
    await quickInput.getByText('Other...').click();
    await quickInput.getByText('Why?').waitFor();
    await h.page.keyboard.type('only for tests');
    await h.page.keyboard.press('Enter');
    await h.until('it to go', async () => (await titles('src/token.ts')).length === 0);
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await h.openFile('src/run.ts');
    await review();
    const text = await h.until('the result', () => openResult(h));
    assert.match(text, /## Dismissed earlier \(1\)\n\n- .*token\.ts:2.*only for tests/);
    // The marks come a moment after the document.
    await h.until('both findings of run.ts', async () => (await titles('src/run.ts')).length === 2);
    assert.deepEqual(await titles('src/token.ts'), []);
  });

  await h.step('the result offers actions above each finding', async () => {
    const lens = (text) => h.page.locator('.codelens-decoration a', { hasText: text });
    for (const text of ['Run Again', 'Show in Agents', 'Apply Fix', 'Dismiss...', 'Evidence'])
      await lens(text).first().waitFor();
    await h.shot('result');
    await lens('Evidence').first().click();
    await h.page.locator('.tab', { hasText: 'Evidence' }).waitFor();
    const evidence = await h.until('the evidence', () =>
      h.evaluate(async (vscode) => {
        const document = vscode.workspace.textDocuments.find(({ uri }) => uri.query.includes('&finding='));
        return document?.getText();
      }),
    );
    assert.match(evidence, /## Who says so\n\n.*security-auditor/);
    assert.match(evidence, /\n- {3}eval\(input\);\n\+ {3}JSON\.parse\(input\);/);
    await h.shot('evidence');
  });

  await h.step('after a reload findings and threads are back where their code stands', async () => {
    await h.openFile('src/run.ts');
    await h.evaluate(async (vscode) => {
      const edit = new vscode.WorkspaceEdit();
      const document = vscode.window.activeTextEditor.document;
      edit.insert(document.uri, new vscode.Position(0, 0), '// A new first line.\n');
      await vscode.workspace.applyEdit(edit);
      await document.save();
    });
    await h.until('them to follow', async () => {
      const lines = (await diagnostics(h, 'src/run.ts')).map(({ line }) => line);
      return lines.join() === '5,6';
    });
    await h.written('the findings', (text) => text.includes('run.ts'), 'ensemble.ensemble-agents');
    await h.evaluate((vscode) =>
      vscode.workspace
        .getConfiguration('workbench')
        .update('colorTheme', 'Default Light Modern', vscode.ConfigurationTarget.Global),
    );
    await h.reload();
    await h.until('the findings', async () => (await diagnostics(h, 'src/run.ts')).length === 2);
    await h.until('the marks', async () => (await glyphs.count()) >= 2);
    await glyphs.first().click();
    await thread.first().waitFor();
    await h.shot('light');
  });

  await h.step('Clear Findings takes them all away', async () => {
    await h.command('Ensemble: Clear Findings');
    await h.until('no finding', async () => (await diagnostics(h, 'src/run.ts')).length === 0);
    await h.until('no mark', async () => (await glyphs.count()) === 0);
  });
}
