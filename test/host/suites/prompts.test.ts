import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, closeAll, diagnosticsOf, openFile, select, until } from './support.ts';

const uriOf = (name: string, query = '') => vscode.Uri.from({ scheme: 'ensemble-prompt', path: `/${name}.md`, query });

describe('prompts as documents', () => {
  before(api);
  afterEach(closeAll);

  async function open(name: string): Promise<vscode.TextEditor> {
    return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf(name)), { preview: false });
  }

  async function replace(editor: vscode.TextEditor, text: string): Promise<void> {
    const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
    assert.ok(await editor.edit((edit) => edit.replace(all, text)));
  }

  it('are saved as versions, of which earlier ones can be read and not written', async () => {
    const editor = await open('bug-fix');
    assert.match(editor.document.getText(), /^---\ndescription: Analyze and fix bugs\ncategory: Change\n/);
    await replace(editor, '---\ncategory: Mine\n---\nFix {{code}} in {{language}}\n');
    // In a browser VS Code saves by itself after a second; a save beside that one says false.
    await editor.document.save();
    await until('saved', () => !editor.document.isDirty);
    const version = await vscode.workspace.openTextDocument(uriOf('bug-fix', 'version=0'));
    assert.match(version.getText(), /Analyze and fix bugs/);
    await assert.rejects(
      Promise.resolve(vscode.workspace.fs.writeFile(uriOf('bug-fix', 'version=0'), new Uint8Array())),
    );
    await closeAll();
    await vscode.commands.executeCommand('ensemble.resetPrompt', 'bug-fix');
    // The editor keeps closed documents for a while, and reads what changed below them in its own time.
    const { document } = await open('bug-fix');
    await until('the built-in text', () => /Analyze and fix bugs/.test(document.getText()));
  });

  it('are not saved while they cannot work, and keep what was typed', async () => {
    const editor = await open('refactor');
    await replace(editor, '---\ntags: [a\n---\n{{#if x}}');
    assert.equal(await editor.document.save(), false);
    assert.equal(editor.document.isDirty, true);
    assert.match(editor.document.getText(), /\{\{#if x\}\}/);
    await assert.rejects(
      Promise.resolve(
        vscode.workspace.fs.writeFile(uriOf('refactor'), new TextEncoder().encode('{{#> block}}x{{/block}}')),
      ),
      /was not saved/,
    );
  });

  it('are marked and completed', async () => {
    const editor = await open('test-generator');
    await replace(editor, '---\nvariables:\n  idle: never\n  used: always\n---\n{{used}} {{other}}\n{{ ');
    const { uri } = editor.document;
    await until('marks', () => diagnosticsOf(uri).length > 0);
    await replace(editor, '---\nvariables:\n  idle: never\n  used: always\n---\n{{used}} {{other}}\n{{');
    const at = new vscode.Position(6, 2);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      at,
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const label of ['used', 'idle', 'other', 'code', 'language', '#if']) assert.ok(labels.includes(label), label);
    await replace(editor, '---\nvariables:\n  idle: never\n  used: always\n---\n{{used}} {{other}}\n');
    await until('two marks', () => diagnosticsOf(uri).length === 2);
    assert.deepEqual(
      diagnosticsOf(uri).map(({ range }) => editor.document.getText(range)),
      ['other', 'idle'],
    );
  });

  it('are no files where there is no such prompt', async () => {
    await assert.rejects(Promise.resolve(vscode.workspace.fs.readFile(uriOf('no such prompt'))));
    await assert.rejects(Promise.resolve(vscode.workspace.fs.readFile(uriOf('a/b'))));
  });

  it('run on the selection, one agent, a document named after the prompt', async () => {
    const code = '---\ndescription: x\n---\nSum {{code}} up ({{language}})';
    await vscode.workspace.fs.writeFile(uriOf('architecture-design'), new TextEncoder().encode(code));
    const editor = await openFile('prompted.ts', 'const a = 1;\nconst b = 2;\n');
    select(editor, 2, 2);
    await vscode.commands.executeCommand('ensemble.runPrompt', 'architecture-design');
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const result = tabs.find(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === 'ensemble-result',
    );
    assert.ok(result, 'no result');
    assert.ok(result.label.startsWith('architecture-design'), result.label);
    const { uri } = result.input as vscode.TabInputText;
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /Sum const b = 2; up \(typescript\)/);
    await vscode.commands.executeCommand('ensemble.resetPrompt', 'architecture-design');
  });
});
