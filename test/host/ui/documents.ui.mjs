/** The archive of documents by mouse and keyboard: groups, versions, search, tags, deletion and undo. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { foldViews } from '../lib/product.mjs';

export const options = {
  files: { 'notes.md': '# Herons\n\nThe heron fishes.\n', 'data.json': '{"birds":["heron"]}' },
  timeoutMs: 240_000,
};

export default async (h) => {
  const pane = h.page.locator('.part.sidebar .pane', { has: h.page.locator('h3', { hasText: /^Documents/i }) });
  const row = (text) => pane.locator('.monaco-list-row', { hasText: text }).first();
  const labels = () =>
    pane.locator('.monaco-list-row').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
  const box = h.page.locator('.quick-input-widget:not([style*="display: none"])');
  const shown = () =>
    h.evaluate((vscode) => {
      const document = vscode.window.activeTextEditor?.document;
      return document ? `${document.languageId}\n${document.getText()}` : '';
    });
  const lens = (text) => h.page.locator('.codelens-decoration a', { hasText: text }).first();
  const answer = async (placeholder, text) => {
    await box.getByText(placeholder).first().waitFor();
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.type(text);
    await h.page.keyboard.press('Enter');
  };

  await h.step('says what will be here while there is nothing', async () => {
    await h.command('Ensemble: Focus on Documents View');
    await pane.getByText('No documents of this workspace yet.').waitFor();
    await foldViews(h, 'Agents', 'Accounts', 'Prompt Library', 'History');
    await h.shot('empty');
  });

  await h.step('keeps a file as a document, JSON so that it can be read', async () => {
    await h.openFile('data.json');
    await h.command('Ensemble: Save to Documents...');
    await answer('Title.', 'Bird data');
    await row('Bird data').waitFor();
    await row('Bird data').click();
    await h.until('the document', async () => (await shown()) === 'json\n{\n  "birds": [\n    "heron"\n  ]\n}\n');
    await h.openFile('notes.md');
    await h.command('Ensemble: Save to Documents...');
    await answer('Title.', 'Herons');
    await row('Herons').waitFor();
  });

  await h.step('makes a version of the same title, leads from one to the next, and compares', async () => {
    await h.openFile('notes.md');
    await h.evaluate(async (vscode) => {
      const { document } = vscode.window.activeTextEditor;
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, document.positionAt(document.getText().length), 'It sleeps.\n');
      await vscode.workspace.applyEdit(edit);
      await document.save();
    });
    await h.command('Ensemble: Save to Documents...');
    await answer('Title.', 'Herons');
    await h.until('version 2', async () =>
      (await labels()).some((label) => /^Herons, Document, version 2/.test(label)),
    );
    await row('Herons').click();
    await h.until('the newest', async () => /It sleeps/.test(await shown()));
    await lens('Version 2 of 2').waitFor();
    await h.page.locator('.monaco-breadcrumb-item', { hasText: 'Version 2' }).waitFor();
    await h.shot('lenses');
    await lens('Previous Version').click();
    await h.until('the first', async () => /fishes\.\n$/.test(await shown()));
    await lens('Restore This Version').waitFor();
    await h.rowAction(
      row('Herons'),
      'Show Document Versions...',
      box.getByPlaceholder('Pick one to compare it with the newest'),
    );
    await h.shot('versions');
    await box.locator('.monaco-list-row', { hasText: 'Version 1' }).click();
    await h.page.locator('.monaco-diff-editor .view-line', { hasText: 'It sleeps.' }).first().waitFor();
    await h.shot('compare');
    await h.command('View: Close All Editors');
  });

  await h.step('archives what a review has made, with its findings', async () => {
    await h.api(async (api) => {
      const text = 'export const run = (code) => eval(code);';
      const target = { type: 'text', file: 'gen.js', languageId: 'javascript', startLine: 1, text };
      await api.run({ kind: 'review', depth: 'quick', target });
    });
    await h.until('both', async () => {
      const all = await labels();
      return ['Report', 'Findings (SARIF)'].every((kind) =>
        all.some((one) => one.startsWith(`Review of gen.js, ${kind}`)),
      );
    });
    await h.command('Ensemble: Group Documents...');
    await box.locator('.monaco-list-row', { hasText: 'By Kind' }).click();
    await h.until('kinds', async () => (await labels()).some((label) => /^Document, 2 documents/.test(label)));
    await h.shot('kinds');
  });

  await h.step('finds by text, whatever is typed, and opens', async () => {
    await h.command('Ensemble: Search Documents...');
    await box.getByPlaceholder('Words of the title').waitFor();
    await h.page.keyboard.type('"heron OR* (');
    await box.locator('.monaco-list-row', { hasText: 'Nothing was found.' }).waitFor();
    await h.page.keyboard.press('Control+A');
    await h.page.keyboard.type('sleeps');
    await box.locator('.monaco-list-row', { hasText: 'It sleeps.' }).first().waitFor();
    await h.shot('search');
    await h.page.keyboard.press('Enter');
    await h.until('the hit', async () => /It sleeps/.test(await shown()));
  });

  await h.step('tags, and groups by tag', async () => {
    await h.evaluate((vscode) =>
      vscode.workspace.getConfiguration('workbench').update('colorTheme', 'Default Dark Modern', true),
    );
    await h.command('Ensemble: Tag Documents...');
    await box.getByPlaceholder('Tags, with commas').waitFor();
    await h.page.keyboard.type('birds, night');
    await h.page.keyboard.press('Enter');
    await h.until('the tags', async () => (await labels()).some((label) => /^Herons.*#birds/.test(label)));
    await h.command('Ensemble: Group Documents...');
    await box.locator('.monaco-list-row', { hasText: 'By Tag' }).click();
    await h.until('tags', async () => (await labels()).some((label) => /^birds, 1 document/.test(label)));
    await row('Herons').waitFor();
    await h.shot('tags-dark');
  });

  await h.step('deletes by key, and brings back by a button', async () => {
    await row('Herons').click();
    await pane.locator('.monaco-list-row.selected.focused', { hasText: 'Herons' }).waitFor();
    await h.page.keyboard.press('Delete');
    await h.notification('"Herons" was deleted.').waitFor();
    await row('Herons').waitFor({ state: 'detached' });
    await h.shot('deleted-dark');
    await h.notification('"Herons" was deleted.').getByRole('button', { name: 'Undo' }).click();
    await row('Herons').waitFor();
  });

  await h.step('filters the audit log', async () => {
    await h.command('Ensemble: Filter Audit Log...');
    await box.getByPlaceholder('What shall be listed?').waitFor();
    await h.page.keyboard.type('documents-deleted');
    await box.locator('.monaco-list-row', { hasText: 'documents-deleted' }).click();
    await h.page.keyboard.press('Enter');
    await h.until('the entry', async () =>
      /Only what fits: `documents-deleted`[\s\S]*\| documents-deleted \|/.test(await shown()),
    );
    await h.shot('audit-dark');
  });

  await h.step('exports to a file that is asked for', async () => {
    await h.command('Ensemble: Group Documents...');
    await box.locator('.monaco-list-row', { hasText: 'By Day' }).click();
    await h.contextMenu(row('Bird data'), 'Export Documents...');
    const file = path.join(h.workspace, 'Bird-data.json');
    await h.until('the name that is offered', async () => (await box.locator('input').first().inputValue()) === file);
    await h.page.keyboard.press('Enter');
    await h.notification('The document was exported.').waitFor();
    assert.equal(fs.readFileSync(file, 'utf8'), '{"birds":["heron"]}');
  });
};
