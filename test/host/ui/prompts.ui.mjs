/** The Prompt Library by mouse and keyboard: groups, search, run on a selection, edit as a document, delete with undo. */
import assert from 'node:assert/strict';
import { foldViews, openResult, SAMPLE } from '../lib/product.mjs';

const prompt = (name, text) => `---\nname: ${name}\ndescription: From a colleague\ncategory: Teaching\n---\n${text}\n`;

export const options = {
  files: {
    'run.ts': SAMPLE,
    'team/greet.prompt.md': prompt('greet', 'Greet {{who}}.'),
    'team/more/bug-fix.prompt.md': prompt('bug-fix', 'Fix {{code}} our way.'),
    'team/torn.prompt.md': prompt('torn', '{{#if a}}'),
    'team/again.prompt.md': prompt('greet', 'Another greeting.'),
    'loose.prompt.md': prompt('loose', 'Tidy {{code}} up.'),
  },
  timeoutMs: 300_000,
};

export default async (h) => {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^Prompt Library$/i }) });
  const row = (text) => pane.locator('.monaco-list-row', { hasText: text }).first();
  const labels = () =>
    pane.locator('.monaco-list-row').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const message = (text) => box.locator('.quick-input-message', { hasText: text });
  const text = (selector) =>
    h.evaluate((vscode, scheme) => {
      const found = vscode.workspace.textDocuments.find((one) => one.uri.scheme === scheme && !one.isClosed);
      return found ? found.getText() : null;
    }, selector);
  const preview = () =>
    h.evaluate((vscode) => {
      const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.path.startsWith('/Preview of '));
      return shown ? shown.getText() : '';
    });
  const press = (key) => h.page.keyboard.press(key);

  await h.step('shows the built-in prompts by category', async () => {
    await h.openFile('run.ts');
    await h.command('Ensemble: Focus on Prompt Library View');
    await row('bug-fix').waitFor();
    await foldViews(h, 'Agents', 'Accounts');
    await row('code-review').waitFor();
    const all = await labels();
    assert.ok(
      all.some((label) => /^Review, 3 prompts/.test(label)),
      all.join('\n'),
    );
    await h.shot('library');
  });

  await h.step('runs one on the selection from its row, asking for what the editor cannot know', async () => {
    await h.line('eval').click({ clickCount: 3 });
    await h.rowAction(row('code-review'), 'Run Prompt', message('focus'));
    await h.shot('form');
    await h.page.keyboard.type('safety');
    await press('Enter');
    const result = await h.until('the result', () => openResult(h));
    assert.match(result, /^# code-review|Review this typescript code/);
    assert.match(result, /assistant/);
    await h.page
      .locator('.codelens-decoration a', { hasText: /^ ?Helpful/ })
      .first()
      .click();
    await h.page.locator('.statusbar-item', { hasText: 'Counted as helpful.' }).waitFor();
    await h.contextMenu(row('code-review'), 'Show Versions of Prompt...');
    await box.locator('.monaco-list-row', { hasText: 'used once' }).filter({ hasText: '1 accepted' }).waitFor();
    await press('Escape');
  });

  await h.step('makes a new one, edited as a document with completion and marks', async () => {
    await h.command('View: Close All Editors');
    await h.rowAction(pane, 'New Prompt', message('Name of the prompt'));
    await h.page.keyboard.type('code-review');
    await message('There is a prompt of this name already.').waitFor();
    await press('Control+A');
    await h.page.keyboard.type('explain/me 😀');
    await press('Enter');
    await h.until('the document', () => text('ensemble-prompt'));
    await row('explain/me').waitFor();
    await press('Control+Home');
    await h.evaluate(async (vscode) => {
      const { document } = vscode.window.activeTextEditor;
      const edit = new vscode.WorkspaceEdit();
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      const draft = [
        '---',
        'description: Explains code to somebody',
        'category: Teaching',
        'tags: [explain, docs]',
        'variables:',
        '  audience:',
        '    description: Who reads it',
        '    default: beginners',
        '    choices: [beginners, experts]',
        '  forgotten: never used',
        '---',
        'Explain this {{language}} code to {{audience}}:',
        '',
        '{{code}}',
        '',
      ];
      edit.replace(document.uri, all, draft.join('\n'));
      await vscode.workspace.applyEdit(edit);
      const end = document.lineAt(document.lineCount - 1).range.end;
      vscode.window.activeTextEditor.selection = new vscode.Selection(end, end);
    });
    await h.page.locator('.monaco-editor .squiggly-warning').first().waitFor();
    await h.page.keyboard.type('For {{');
    await h.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'audience' }).first().waitFor();
    await h.shot('completion');
    await press('Escape');
    await press('Control+S');
    await h.notification('The prompt was not saved.').waitFor();
    await h.shot('refused');
    await h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
    await h.page.keyboard.type('audience}}');
    await press('Control+S');
    await row('Teaching').waitFor();
    await h.until('saved', () => h.evaluate((vscode) => !vscode.window.activeTextEditor.document.isDirty));
    await h.shot('edited');
  });

  await h.step('offers the choices of a variable and inserts at the cursor', async () => {
    await h.command('View: Close All Editors');
    await h.openFile('run.ts');
    await h.line('eval').click({ clickCount: 3 });
    await h.contextMenu(row('explain/me'), 'Insert Prompt...');
    await box.locator('.monaco-list-row', { hasText: 'experts' }).click();
    await h.line('Explain this typescript code to experts').waitFor();
    await press('Control+Z');
    await h.line('Explain this typescript').waitFor({ state: 'detached' });
  });

  await h.step('favorites stand on top, and a drag moves a prompt', async () => {
    await h.rowAction(row('bug-fix'), 'Add Prompt to Favorites', row('Favorites'));
    await h.until('favorites', async () => /^Favorites, 1 prompt/.test((await labels())[0]));
    await row('architecture-design').dragTo(row('Teaching'));
    await h.until('the move', async () => (await labels()).some((label) => /^Teaching, 2 prompts/.test(label)));
    await h.shot('favorites');
  });

  await h.step('finds by words of the text, and filters the view', async () => {
    await h.line('eval').click();
    await h.command('Ensemble: Search Prompts...');
    await box.getByPlaceholder('Words of the name').waitFor();
    await h.page.keyboard.type('weakness attacker');
    await box.locator('.monaco-list-row', { hasText: 'security-audit' }).waitFor();
    await h.until('one hit', async () => (await box.locator('.monaco-list-row').count()) === 1);
    await h.shot('search');
    await press('Escape');
    await h.command('Ensemble: Filter Prompt Library...');
    await message('Words of the name').waitFor();
    await h.page.keyboard.type('no such thing');
    await pane.getByText('No prompt matches the filter.').waitFor();
    await h.shot('empty');
    await press('Control+A');
    await h.page.keyboard.type('explain');
    await press('Enter');
    await h.until('the filtered rows', async () => (await labels()).join().includes('explain/me'));
    assert.ok(!(await labels()).join().includes('bug-fix'));
    await h.command('Ensemble: Clear Prompt Library Filter');
    await row('bug-fix').waitFor();
  });

  await h.step('groups by tag', async () => {
    await h.command('Ensemble: Group Prompt Library...');
    await box.locator('.monaco-list-row', { hasText: 'By Tag' }).click();
    await h.until('tags', async () => (await labels()).some((label) => /^architecture, 1 prompt/.test(label)));
    await row('documentation-generator').dragTo(row('architecture'));
    await h.until('one tag more', async () => (await labels()).some((label) => /^architecture, 2 prompts/.test(label)));
    await h.shot('tags');
    await h.command('Ensemble: Group Prompt Library...');
    await box.locator('.monaco-list-row', { hasText: 'By Category' }).click();
    await row('Teaching').waitFor();
  });

  await h.step('imports a folder after a look at it, with a report and undo', async () => {
    await h.command('Ensemble: Import Prompts...');
    await box.locator('.monaco-list-row', { hasText: 'A Folder...' }).click();
    await box.locator('.monaco-list-row', { hasText: 'team' }).click();
    await h.until('the folder', async () => /team\/?$/.test(await box.locator('input.input').inputValue()));
    await box.getByRole('button', { name: 'Import', exact: true }).click();
    await box.getByText('1 new, 1 newer, 1 duplicate, 1 broken').waitFor();
    await h.shot('import');
    await box.getByRole('button', { name: 'OK', exact: true }).click();
    const done = h.notification('2 prompts were imported.');
    await done.waitFor();
    await row('greet').waitFor();
    // A message that still moves swallows a click, and the tooltip of its gear may lie over its buttons.
    const pressButton = async (name) => {
      await h.page.mouse.move(700, 400);
      const toasts = h.page.locator('.notifications-toasts');
      const button = toasts.getByRole('button', { name, exact: true }).first();
      await button.click({ timeout: 2000 }).catch(() => {});
    };
    await h.until('the report', async () => {
      if (/torn\.prompt\.md: Line \d/.test((await text('ensemble-prompt-view')) ?? '')) return true;
      await pressButton('Show Report');
      return false;
    });
    await h.shot('import-report');
    await h.until('undone', async () => {
      if ((await row('greet').count()) === 0) return true;
      await pressButton('Undo');
      return false;
    });
    await h.command('View: Close All Editors');
  });

  await h.step('shows what would be sent while one types, with prompts that are put in', async () => {
    await h.openFile('run.ts');
    await h.line('eval').click({ clickCount: 3 });
    await h.contextMenu(row('explain/me'), 'Preview Prompt...');
    await h.until('the preview', async () => /eval\(input\)/.test(await preview()));
    await h.evaluate(async (vscode) => {
      const { document } = vscode.window.visibleTextEditors.find(
        (one) => one.document.uri.scheme === 'ensemble-prompt',
      );
      const edit = new vscode.WorkspaceEdit();
      const end = document.lineAt(document.lineCount - 1).range.end;
      edit.insert(document.uri, end, '\nAt last: {{> security-audit}} {{> nowhere}}');
      await vscode.workspace.applyEdit(edit);
    });
    await h.until('the missing one', async () => /no prompt named "nowhere"/.test(await preview()));
    await h.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await h.evaluate(async (vscode) => {
      const { document } = vscode.window.visibleTextEditors.find(
        (one) => one.document.uri.scheme === 'ensemble-prompt',
      );
      const edit = new vscode.WorkspaceEdit();
      const at = document.getText().indexOf(' {{> nowhere}}');
      edit.delete(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 14)));
      await vscode.workspace.applyEdit(edit);
    });
    await h.until('what is put in', async () => /At last: [\s\S]*attacker/.test(await preview()));
    await h.shot('preview');
    await h.evaluate((vscode) => vscode.workspace.saveAll());
    await h.page.locator('.statusbar-item', { hasText: 'Saved. Say why?' }).click();
    await message('Why was it changed?').waitFor();
    await press('Control+A');
    await h.page.keyboard.type('safer');
    await press('Enter');
    await h.contextMenu(row('explain/me'), 'Show Versions of Prompt...');
    await box.locator('.monaco-list-row', { hasText: 'safer' }).first().waitFor();
    await h.shot('versions');
    await press('Escape');
    await h.command('View: Close All Editors');
  });

  await h.step('deletes with undo, by keyboard', async () => {
    await row('explain/me').click();
    await h.until('the document', () => text('ensemble-prompt'));
    await h.command('Ensemble: Focus on Prompt Library View');
    await pane.locator('.monaco-list-row.selected', { hasText: 'explain/me' }).waitFor();
    await pane.locator('.monaco-list:focus-within').waitFor();
    await press('Delete');
    await h.notification('was deleted').waitFor();
    await row('explain/me').waitFor({ state: 'detached' });
    await h.shot('deleted');
    await h.notification('was deleted').getByRole('button', { name: 'Undo' }).click();
    await row('explain/me').waitFor();
    await h.contextMenu(row('architecture-design'), 'Reset to Built-In Prompt');
    await h.notification('is the built-in prompt again').waitFor();
    await h.until('the old place', async () => (await labels()).some((label) => /^Design, 1 prompt/.test(label)));
  });

  await h.step('is as clear in a dark theme', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace.getConfiguration('workbench').update('colorTheme', 'Default Dark Modern', true),
    );
    await row('explain/me').click();
    await h.until('the document', () => text('ensemble-prompt'));
    await h.page.locator('.monaco-workbench.vs-dark').waitFor();
    await h.shot('dark');
  });
};
