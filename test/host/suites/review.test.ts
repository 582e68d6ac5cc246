import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../src/core/events.ts';
import { api, closeAll, diagnosticsOf, folder, openFile, openResults, SAMPLE, select } from './support.ts';

const run = (command: string) => vscode.commands.executeCommand(`ensemble.${command}`);

describe('reviews with the built-in rules', function () {
  this.timeout(60_000);
  afterEach(closeAll);

  it('show the findings of a selection at their lines in the file', async () => {
    const editor = await openFile('selection.ts', `// a line before\n${SAMPLE}`);
    select(editor, 4, 7);
    await run('reviewSelection');
    const found = diagnosticsOf(editor.document.uri);
    const onEval = found.find(({ range }) => editor.document.getText(range).includes('eval(input)'));
    assert.ok(onEval, JSON.stringify(found.map(({ message, range }) => [range.start.line, message])));
    assert.equal(onEval.range.start.line, 4);
    assert.equal(onEval.severity, vscode.DiagnosticSeverity.Error);
    const code = onEval.code as { readonly value: string; readonly target: vscode.Uri };
    assert.equal(code.value, 'security');
    assert.equal(code.target.scheme, 'ensemble-result');
    assert.ok(found.every(({ range }) => range.start.line >= 3 && range.end.line <= 6));
  });

  it('open the result beside the code, as read-only markdown with links to the lines', async () => {
    const editor = await openFile('linked.ts', SAMPLE);
    select(editor, 1, 6);
    await run('reviewSelection');
    const [uri] = openResults();
    assert.ok(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'markdown');
    assert.ok(document.getText().includes(`${editor.document.uri.toString()}#L4`), document.getText());
    assert.equal(vscode.workspace.fs.isWritableFileSystem('ensemble-result'), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array()));
    assert.equal(vscode.window.activeTextEditor?.document, editor.document, 'the focus stays on the code');
  });

  it('review a whole file as it stands, saved or not', async () => {
    const editor = await openFile('unsaved.ts', 'export const fine = 1;\n');
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'eval("1");\n'));
    assert.equal(editor.document.isDirty, true);
    await run('reviewFile');
    assert.ok(diagnosticsOf(editor.document.uri).some(({ range }) => range.start.line === 1));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('mark the line of a secret, which no agent has seen', async () => {
    const editor = await openFile('secret.ts', "export const fine = 1;\nconst password = 'Cheese&Wine-2024';\n");
    await run('reviewFile');
    const found = diagnosticsOf(editor.document.uri);
    assert.ok(
      found.some(({ range }) => range.start.line === 1),
      JSON.stringify(found),
    );
    const [uri] = openResults();
    assert.ok(uri);
    assert.doesNotMatch((await vscode.workspace.openTextDocument(uri)).getText(), /Cheese&Wine/);
  });

  it('find their lines in a file with CRLF', async () => {
    const editor = await openFile('crlf.ts', SAMPLE.replaceAll('\n', '\r\n'));
    assert.equal(editor.document.eol, vscode.EndOfLine.CRLF);
    await run('reviewFile');
    const onEval = diagnosticsOf(editor.document.uri).find(({ range }) => range.start.line === 3);
    assert.ok(onEval);
    assert.match(editor.document.getText(onEval.range), /^eval\(input\);?$/);
  });

  it('review an untitled document', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'javascript', content: 'eval(x);\n' });
    await vscode.window.showTextDocument(document);
    await run('reviewFile');
    assert.ok(diagnosticsOf(document.uri).length > 0);
  });

  it('replace the findings of what is reviewed again, and only those', async () => {
    const editor = await openFile('again.ts', 'eval("a");\n\n\neval("b");\n');
    await run('reviewFile');
    const lines = () => [...new Set(diagnosticsOf(editor.document.uri).map(({ range }) => range.start.line))].sort();
    assert.deepEqual(lines(), [0, 3]);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 0, 10), 'alpha("a");'));
    select(editor, 1, 1);
    await run('reviewSelection');
    assert.deepEqual(lines(), [3]);
  });

  it('find the place again when lines were inserted during the run', async () => {
    const editor = await openFile('moved.ts', SAMPLE);
    const { onEvent } = await api();
    const started = new Promise<void>((resolve) => {
      const subscription = onEvent((event: EnsembleEvent) => {
        if (event.type !== 'workflow:start') return;
        subscription.dispose();
        resolve();
      });
    });
    const review = run('reviewFile');
    await started;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// one\n// two\n// three\n'));
    await review;
    const shown = diagnosticsOf(editor.document.uri);
    assert.ok(shown.some(({ range }) => editor.document.getText(range).includes('eval(input)')));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('review the workspace and say which files they skipped', async () => {
    const write = (name: string, bytes: Uint8Array) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), name), bytes);
    await write('whole/code.js', new TextEncoder().encode('eval(x);\n'));
    await write('whole/picture.bin', new Uint8Array([0, 1, 2, 0, 255]));
    await write('whole/.env', new TextEncoder().encode('TOKEN=canary\n'));
    await run('reviewWorkspace');
    assert.ok(diagnosticsOf(vscode.Uri.joinPath(folder(), 'whole/code.js')).length > 0);
    const [uri] = openResults();
    assert.ok(uri);
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /picture\.bin/);
    assert.match(text, /\.env/);
    assert.doesNotMatch(text, /canary/);
  });

  it('do nothing but say so for an empty selection', async () => {
    const editor = await openFile('nothing.ts', SAMPLE);
    editor.selection = new vscode.Selection(3, 2, 3, 2);
    await run('reviewSelection');
    assert.deepEqual(openResults(), []);
    assert.deepEqual(diagnosticsOf(editor.document.uri), []);
  });
});

describe('the API for other extensions', function () {
  this.timeout(60_000);

  it('runs a review and tells its events', async () => {
    const { apiVersion, run: runRequest, onEvent, storagePath } = await api();
    assert.equal(apiVersion, 1);
    assert.ok(storagePath.endsWith('ensemble.db'));
    const types: string[] = [];
    const subscription = onEvent((event: EnsembleEvent) => types.push(event.type));
    const target = { type: 'text', file: 'x.js', languageId: 'javascript', startLine: 1, text: 'eval(x);\n' } as const;
    const result = await runRequest({ kind: 'review', depth: 'quick', target });
    subscription.dispose();
    assert.equal(result.status, 'completed');
    assert.equal(result.llm, false);
    assert.ok(result.findings?.some((finding) => finding.startLine === 1));
    assert.equal(types[0], 'workflow:start');
    assert.ok(types.includes('task:complete'));
    assert.ok(types.includes('workflow:results'));
  });

  it('rejects what cannot run with a code', async () => {
    const { run: runRequest } = await api();
    const target = { type: 'paths', paths: ['does-not-exist.ts'] } as const;
    await assert.rejects(runRequest({ kind: 'review', depth: 'quick', target }), (error: { readonly code?: string }) =>
      ['invalid-input', 'nothing-to-review', 'not-found'].includes(error.code ?? ''),
    );
  });
});
