import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RunResult } from '../../../src/core/results.ts';
import { ProposalEditor } from '../../../src/shells/vscode/edits/proposal-editor.ts';
import type { Proposals } from '../../../src/shells/vscode/edits/proposals.ts';
import { ShownProposals } from '../../../src/shells/vscode/edits/shown-proposals.ts';
import { MemoryFiles } from './memory-files.ts';
import { closeAll, folder, openFile, select, until } from './support.ts';

const CODE = 'export function twice(n) {   \n  return 2 * n;\n}\n';
const TIDY = 'export function twice(n) {\n  return 2 * n;\n}\n';

const run = (command: string, argument?: unknown) => vscode.commands.executeCommand(`ensemble.${command}`, argument);

/** The difference that is in front; null: none. */
function shownDiff(): vscode.TabInputTextDiff | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : null;
}

/** Runs a command that asks one thing first, takes what is offered first, and waits for the difference. */
async function propose(command: string, argument?: unknown): Promise<vscode.TabInputTextDiff> {
  const done = run(command, argument);
  const diff = await until('difference', async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return shownDiff();
  });
  await done;
  return diff;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

const textAt = async (uri: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

/** In a browser the editor saves by itself after a second, unless told otherwise. */
const autoSave = (value: string | undefined) =>
  vscode.workspace.getConfiguration('files').update('autoSave', value, vscode.ConfigurationTarget.Global);

describe('proposed changes', () => {
  before(() => autoSave('off'));
  after(() => autoSave(undefined));
  afterEach(closeAll);

  it('stand beside the code as it is, read-only, in its language', async () => {
    const editor = await openFile('shown.js', CODE);
    const { original, modified } = await propose('refactorFile');
    assert.equal(original.toString(), editor.document.uri.toString());
    assert.equal(modified.scheme, 'ensemble-edit');
    const proposed = await vscode.workspace.openTextDocument(modified);
    assert.deepEqual([proposed.getText(), proposed.languageId], [TIDY, 'javascript']);
    assert.equal(vscode.workspace.fs.isWritableFileSystem('ensemble-edit'), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(modified, new Uint8Array()));
    assert.equal(await textAt(original), CODE, 'nothing is applied by itself');
  });

  it('keep CRLF, the cursor, and what was saved saved', async () => {
    const editor = await openFile('crlf.js', CODE.replaceAll('\n', '\r\n'));
    editor.selection = new vscode.Selection(1, 4, 1, 4);
    await propose('refactorFile');
    await run('applyProposedEdits');
    const { document, selection } = vscode.window.activeTextEditor ?? assert.fail('no editor');
    assert.equal(document.getText(), TIDY.replaceAll('\n', '\r\n'));
    assert.deepEqual([selection.active.line, selection.active.character], [1, 4]);
    assert.equal(document.isDirty, false);
    assert.equal(await textAt(document.uri), TIDY.replaceAll('\n', '\r\n'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), CODE.replaceAll('\n', '\r\n'), 'one step');
  });

  it('leave what was not saved unsaved', async () => {
    const editor = await openFile('unsaved.js', '// saved\n');
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), CODE));
    await propose('refactorFile');
    await run('applyProposedEdits');
    assert.equal(editor.document.getText(), `// saved\n${TIDY}`);
    assert.equal(editor.document.isDirty, true);
    assert.equal(await textAt(editor.document.uri), '// saved\n');
  });

  it('of an untitled document are shown and applied there', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'javascript', content: CODE });
    await vscode.window.showTextDocument(document);
    const { modified } = await propose('refactorFile');
    assert.equal((await vscode.workspace.openTextDocument(modified)).languageId, 'javascript');
    await run('applyProposedEdits');
    assert.equal(document.getText(), TIDY);
  });

  it('change only the selected lines', async () => {
    const editor = await openFile('selected.js', `${CODE}const a = 1;   \n`);
    select(editor, 4, 4);
    await propose('refactorSelection');
    await run('applyProposedEdits');
    assert.equal(editor.document.getText(), `${CODE}const a = 1;\n`);
  });

  it('are not applied to a text that has changed, which stays as it is', async () => {
    const editor = await openFile('changed.js', CODE);
    await propose('refactorFile');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.document.uri, new vscode.Position(0, 0), '// mine\n');
    await vscode.workspace.applyEdit(edit);
    await run('applyProposedEdits');
    assert.equal(editor.document.getText(), `// mine\n${CODE}`);
    assert.ok(shownDiff(), 'the difference stays');
  });

  it('do not bring a deleted file back', async () => {
    const { document } = await openFile('deleted.js', CODE);
    await propose('refactorFile');
    await vscode.workspace.fs.delete(document.uri);
    await until('deletion in the editor', async () => ((await exists(document.uri)) ? null : true));
    await run('applyProposedEdits');
    assert.equal(await exists(document.uri), false);
  });

  it('do not follow a renamed file, which stays as it is', async () => {
    const { document } = await openFile('before.js', CODE);
    await propose('refactorFile');
    const renamed = vscode.Uri.joinPath(folder(), 'after.js');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(document.uri, renamed, { overwrite: true });
    assert.ok(await vscode.workspace.applyEdit(edit));
    await run('applyProposedEdits');
    assert.equal(await exists(document.uri), false);
    assert.equal(await textAt(renamed), CODE);
  });

  it('are applied to a file whose editor was closed', async () => {
    const { document } = await openFile('closed.js', CODE);
    const { modified } = await propose('refactorFile');
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabs.filter(({ input }) => input instanceof vscode.TabInputText));
    await run('applyProposedEdits', modified);
    await until('the new text in the file', async () => (await textAt(document.uri)) === TIDY);
  });

  it('leave a file alone that another program has written since', async () => {
    const { document } = await openFile('elsewhere.js', CODE);
    await propose('refactorFile');
    await vscode.workspace.fs.writeFile(document.uri, new TextEncoder().encode(`// theirs\n${CODE}`));
    await run('applyProposedEdits');
    assert.equal(await textAt(document.uri), `// theirs\n${CODE}`);
  });

  it('work in a file that lies on no disk', async () => {
    const files = new MemoryFiles();
    const registration = vscode.workspace.registerFileSystemProvider('memory', files);
    try {
      const uri = vscode.Uri.parse('memory:/virtual/sum.js');
      files.writeFile(uri, new TextEncoder().encode(CODE));
      await vscode.window.showTextDocument(uri, { preview: false });
      await propose('refactorFile');
      await run('applyProposedEdits');
      await until('the new text in the file', async () => (await textAt(uri)) === TIDY);
    } finally {
      await closeAll();
      registration.dispose();
    }
  });

  it('of an unknown run or file cannot be read', async () => {
    for (const address of [
      'ensemble-edit:/a.js',
      'ensemble-edit:/a.js?nonsense',
      'ensemble-edit:/a.js?01JD0000000000000000000000',
    ]) {
      await assert.rejects(async () => vscode.workspace.fs.readFile(vscode.Uri.parse(address)));
    }
  });

  it('are refused for 20,000 lines, for white space and for an empty file', async () => {
    await openFile('many.js', 'let a = 1;   \n'.repeat(20_000));
    await run('refactorFile');
    const editor = await openFile('spaces.js', '   \nlet a = 1;\n');
    editor.selection = new vscode.Selection(0, 0, 0, 1);
    await run('refactorSelection');
    await openFile('nothing.js', '\n');
    await run('refactorFile');
    await run('generateTests');
    assert.equal(shownDiff(), null);
  });

  it('without any leave the file alone', async () => {
    const { document } = await openFile('tidy.js', TIDY);
    const done = run('refactorFile');
    const ended = done.then(() => true);
    await until('end of the run', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return Promise.race([ended, new Promise<null>((resolve) => setTimeout(() => resolve(null), 50))]);
    });
    assert.equal(shownDiff(), null);
    assert.equal(document.getText(), TIDY);
  });
});

describe('proposed changes of several files', () => {
  afterEach(closeAll);

  it('are shown in one editor, which is known as theirs and closed with them', async () => {
    const runId = '01JD0000000000000000000000';
    const changes = [{ startLine: 1, endLine: 1, newText: 'changed' }];
    const uris = [
      (await openFile('both/a.txt', 'a\n')).document.uri,
      (await openFile('both/b.txt', 'b\n')).document.uri,
    ];
    const files = uris.map((uri, index) => ({
      uri,
      edit: { file: `both/${index}.txt`, baseHash: 'known', changes, summary: '' },
    }));
    const kept = new Map<string, unknown>();
    const memento = {
      keys: () => [...kept.keys()],
      get: <T>(key: string, other?: T) => (kept.get(key) as T | undefined) ?? other,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    } as vscode.Memento;
    // The texts of the proposal are those of files here: what is looked at is the editor.
    const proposals = {
      baseOf: async () => 'a\n',
      addressOf: (_: string, file: string) =>
        vscode.Uri.joinPath(folder(), file.endsWith('0.txt') ? 'both/b.txt' : 'both/a.txt'),
    } as unknown as Proposals;
    const shown = new ShownProposals(memento);
    try {
      const result = { kind: 'refactor' } as RunResult;
      const outcome = await new ProposalEditor(proposals, shown).show({ runId, result, files });
      assert.equal(outcome.kind, 'shown');
      const label = () => vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
      await until('editor of both', () => (shown.activeRun() === runId ? true : null)).catch(() =>
        assert.fail(label()),
      );
      assert.match(label(), /^Refactoring: 2 changes proposed \(2 files\)$/);
      await shown.close(runId);
      assert.equal(shown.isVisible(runId), false);
    } finally {
      shown.dispose();
    }
  });
});

describe('generated tests', () => {
  afterEach(closeAll);

  it('are proposed as a new file and written when they are accepted', async () => {
    const { document } = await openFile('gen/sum.js', 'export function sum(a, b) {\n  return a + b;\n}\n');
    const { original, modified } = await propose('generateFileTests', document.uri);
    assert.equal(original.scheme, 'ensemble-edit');
    assert.equal(await textAt(original), '');
    const file = vscode.Uri.joinPath(folder(), modified.path);
    assert.match(modified.path, /sum\.test\.[cm]?js$/);
    assert.equal(await exists(file), false);
    await run('applyProposedEdits');
    assert.match(await textAt(file), /sum/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), file.toString());
  });

  it('never overwrite a file that has come into being meanwhile', async () => {
    const { document } = await openFile('late/sum.js', 'export function sum(a, b) {\n  return a + b;\n}\n');
    const { modified } = await propose('generateFileTests', document.uri);
    const file = vscode.Uri.joinPath(folder(), modified.path);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('// mine\n'));
    await run('applyProposedEdits');
    assert.equal(await textAt(file), '// mine\n');
  });
});
