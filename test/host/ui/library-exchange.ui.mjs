/** What comes into the library and goes out of it: export, share, SuperGrok's database, changes of the built-in prompts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { foldViews } from '../lib/product.mjs';

export const options = { onDemand: true, files: { 'out/readme.txt': 'A folder to export to.\n' } };

/** The tables of SuperGrok's own file, with a row that cannot be used. */
const SUPERGROK = `
  CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, type TEXT NOT NULL,
    messages TEXT NOT NULL, model TEXT NOT NULL, tokens INTEGER DEFAULT 0, cost REAL DEFAULT 0.0,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, title TEXT NOT NULL,
    content TEXT NOT NULL, format TEXT DEFAULT 'markdown', created_at TEXT DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, template TEXT NOT NULL,
    variables TEXT DEFAULT '[]', description TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP);
  INSERT INTO conversations (task_id, type, messages, model, tokens, cost) VALUES
    ('t1', 'subtask', '[{"role":"user","content":"count the zebras"}]', 'grok-4', 12, 0.5),
    ('t2', 'subtask', 'no json', 'grok-4', 0, 0);
  INSERT INTO documents (task_id, title, content, format) VALUES ('t1', 'Zebras', '# Three', 'markdown');
  INSERT INTO prompts (name, template, variables) VALUES
    ('count-zebras', 'Count the zebras in {{place}}.', '["place"]');`;

export default async (h) => {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^Prompt Library$/i }) });
  const row = (text) => pane.locator('.monaco-list-row', { hasText: text }).first();
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const pick = (text) => box.locator('.monaco-list-row', { hasText: text }).first().click();
  const dialog = h.page.locator('.monaco-dialog-box');
  const read = (...names) => fs.readFileSync(path.join(h.workspace, ...names), 'utf8');
  const clear = () => h.evaluate((vscode) => vscode.commands.executeCommand('notifications.clearAll'));
  const withDatabase = (file, work) => {
    const database = new DatabaseSync(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };

  await h.step('exports a category to one file, to a folder, and to the clipboard', async () => {
    await h.command('Ensemble: Focus on Prompt Library View');
    await row('bug-fix').waitFor();
    await foldViews(h, 'Agents', 'Accounts', 'Documents', 'History');
    await h.contextMenu(row('Review'), 'Export Prompts...');
    await box.getByPlaceholder('Where to?').waitFor();
    await h.shot('where-to');
    await pick('One JSON File');
    const file = path.join(h.workspace, 'prompts.json');
    await h.until('the name that is offered', async () => (await box.locator('input').first().inputValue()) === file);
    await h.page.keyboard.press('Enter');
    await h.notification('3 prompts are in prompts.json.').waitFor();
    await h.shot('exported');
    assert.equal(JSON.parse(read('prompts.json')).items.length, 3);
    await clear();
    await h.contextMenu(row('Review'), 'Export Prompts...');
    await pick('A Folder...');
    await pick('out');
    // A dialog that still reads a folder ignores its button.
    await h.until('the folder', async () => /out\/?$/.test(await box.locator('input').first().inputValue()));
    await h.until('the export', async () => {
      if (!(await box.isVisible())) return true;
      const button = box.getByRole('button', { name: 'Export Here', exact: true });
      await button.click({ timeout: 2000 }).catch(() => {});
      return false;
    });
    await h.notification('3 prompts are in out.').waitFor();
    assert.match(read('out', 'code-review.prompt.md'), /^---\nname: code-review\n/);
    await clear();
    await h.contextMenu(row('Review'), 'Export Prompts...');
    await pick('The Clipboard');
    await h.page.locator('.statusbar-item', { hasText: 'On the clipboard: 3 prompts.' }).waitFor();
    const copied = await h.evaluate((vscode) => vscode.env.clipboard.readText());
    assert.equal(JSON.parse(copied).items.length, 3);
  });

  await h.step('shares one as a file', async () => {
    await h.contextMenu(row('bug-fix'), 'Share Prompt as File...');
    const file = path.join(h.workspace, 'bug-fix.prompt.md');
    await h.until('the name that is offered', async () => (await box.locator('input').first().inputValue()) === file);
    await h.page.keyboard.press('Enter');
    await h.notification('The prompt "bug-fix" is in bug-fix.prompt.md.').waitFor();
    assert.match(read('bug-fix.prompt.md'), /^---\nname: bug-fix\n/);
    await clear();
  });

  await h.step('takes a prompt from the clipboard, and nothing from text that is none', async () => {
    const importClipboard = async (text) => {
      await h.evaluate((vscode, copied) => vscode.env.clipboard.writeText(copied), text);
      await h.command('Ensemble: Import Prompts...');
      await pick('The Clipboard');
    };
    await importClipboard('---\nname: greet\ncategory: Teaching\n---\nGreet {{who}}.\n');
    await box.getByText('Import Prompts: 1 new').waitFor();
    assert.equal(await h.page.locator('.notification-toast').count(), 0, 'no progress beside the question');
    await box.getByRole('button', { name: 'OK', exact: true }).click();
    await h.notification('The prompt "greet" was imported.').waitFor();
    await row('greet').waitFor();
    await clear();
    await importClipboard('   ');
    await h.notification('There is no text on the clipboard.').waitFor();
    await h.shot('nothing');
    await clear();
  });

  await h.step('takes over what SuperGrok kept, after a question, with a report', async () => {
    const folder = path.join(h.dirs.home, '.supergrok');
    fs.mkdirSync(folder, { recursive: true });
    withDatabase(path.join(folder, 'orchestration.db'), (database) => database.exec(SUPERGROK));
    await h.command('Ensemble: Import SuperGrok Database...');
    await pick('The database of SuperGrok');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /1 conversation, 1 document, 1 prompt\s+1 row cannot be used/);
    await h.shot('supergrok');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    const done = h.notification('Imported from SuperGrok: 1 conversation, 1 document, 1 prompt.');
    await done.waitFor();
    await row('count-zebras').waitFor();
    await done.getByRole('button', { name: 'Show Report' }).click();
    await h.line('conversations 2').waitFor();
    await h.shot('supergrok-report');
    await h.command('View: Close All Editors');
  });

  await h.step('merges what is new in a built-in prompt into the own version, and takes that back', async () => {
    const OLDER = 'An older first line.';
    await h.evaluate(async (vscode, older) => {
      const uri = vscode.Uri.parse('ensemble-prompt:/bug-fix.md');
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      const lines = document.getText().trimEnd().split('\n');
      lines[lines.lastIndexOf('---') + 1] = older;
      const edit = new vscode.WorkspaceEdit();
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      edit.replace(uri, all, [...lines, '', 'My own last line.', ''].join('\n'));
      await vscode.workspace.applyEdit(edit);
      await document.save();
    }, OLDER);
    // As if the built-in prompt had had that first line when the person began.
    const database = await h.api((api) => api.storagePath);
    withDatabase(database, (open) => {
      const { draft } = open.prepare(`SELECT draft FROM prompt_bases WHERE name = 'bug-fix'`).get();
      const base = JSON.parse(draft);
      const template = base.template.replace(/^.*/, OLDER);
      open
        .prepare(`UPDATE prompt_bases SET draft = ? WHERE name = 'bug-fix'`)
        .run(JSON.stringify({ ...base, template }));
    });
    await h.command('Ensemble: Refresh Prompt Library');
    await row('built-in changed').waitFor();
    await h.shot('changed');
    await h.contextMenu(row('bug-fix'), 'Update from Built-In Prompt...');
    await box.getByPlaceholder('What shall become of your version?').waitFor();
    await h.shot('update');
    await pick('Merge');
    await h.notification('"bug-fix" has what is new in the built-in prompt.').waitFor();
    await row('built-in changed').waitFor({ state: 'detached' });
    await h.shot('merged');
    await h.notification('"bug-fix" has what is new').getByRole('button', { name: 'Undo' }).click();
    await row('built-in changed').waitFor();
  });
};
