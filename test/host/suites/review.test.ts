import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../src/core/events.ts';
import { api, closeAll, diagnosticsOf, folder, openFile, openResults, SAMPLE, select, until } from './support.ts';

const run = (command: string) => vscode.commands.executeCommand(`ensemble.${command}`);

describe('reviews with the built-in rules', () => {
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

  it('follow the code while it is edited, go when it is changed and come back when that is undone', async () => {
    const editor = await openFile('follow.ts', 'export const fine = 1;\neval("a");\n');
    await run('reviewFile');
    const lines = () => diagnosticsOf(editor.document.uri).map(({ range }) => range.start.line);
    assert.ok(lines().includes(1));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// new\n// lines\n'));
    await until('the findings to follow', () => lines().includes(3));
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 0, 3, 4), 'alpha'));
    await until('the finding to go', () => !lines().includes(3));
    await editor.edit((edit) => edit.replace(new vscode.Range(3, 0, 3, 5), 'eval'));
    await until('the finding to be back', () => lines().includes(3));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('offer quick fixes for a finding, and no others', async () => {
    const editor = await openFile('fixes.ts', 'export const fine = 1;\neval("a");\n');
    await run('reviewFile');
    const at = async (line: number) => {
      const range = new vscode.Range(line, 0, line, 1);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        range,
      );
      return actions.flatMap(({ command }) => (command?.command.startsWith('ensemble.') ? [command.command] : []));
    };
    assert.ok((await at(1)).includes('ensemble.dismissFinding'));
    assert.ok((await at(1)).includes('ensemble.showFindingEvidence'));
    assert.deepEqual(await at(0), []);
  });

  it('apply their fixes one after another in a file with CRLF, and refuse where the code has changed', async () => {
    const text = ["if (one == '0') start();", "if (two == '0') start();", "if (three == '0') start();", ''].join(
      '\r\n',
    );
    const editor = await openFile('fix-crlf.js', text);
    await run('reviewFile');
    const fixAt = async (line: number) => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        editor.document.uri,
        new vscode.Range(line, 0, line, 1),
      );
      return actions.find(({ command }) => command?.command === 'ensemble.acceptFinding')?.command;
    };
    const third = await fixAt(2);
    for (const line of [0, 1]) {
      const fix = await fixAt(line);
      assert.ok(fix, `no fix in line ${line}`);
      await vscode.commands.executeCommand(fix.command, ...(fix.arguments ?? []));
    }
    const fixed = text.replace("one == '0'", "one === '0'").replace("two == '0'", "two === '0'");
    assert.equal(editor.document.getText(), fixed);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'else '));
    await vscode.commands.executeCommand(third?.command ?? '', ...(third?.arguments ?? []));
    assert.equal(editor.document.lineAt(2).text, "else if (three == '0') start();");
  });

  it('walk from one finding to the next over files and round again', async () => {
    await run('clearFindings');
    const one = await openFile('walk-one.ts', 'export const fine = 1;\neval("a");\n');
    await run('reviewFile');
    const two = await openFile('walk-two.ts', 'eval("b");\n');
    await run('reviewFile');
    const seen = new Set<string>();
    for (let count = 0; count < 12; count++) {
      await run('nextFinding');
      const active = vscode.window.activeTextEditor;
      seen.add(`${active?.document.uri.path.split('/').at(-1)}:${active?.selection.active.line}`);
    }
    assert.ok(seen.has('walk-one.ts:1') && seen.has('walk-two.ts:0'), [...seen].join());
    await run('clearFindings');
    assert.deepEqual([...diagnosticsOf(one.document.uri), ...diagnosticsOf(two.document.uri)], []);
  });

  it('move with a file that is renamed and go with one that is deleted', async () => {
    const editor = await openFile('old-name.ts', 'eval("a");\n');
    await run('reviewFile');
    const to = vscode.Uri.joinPath(folder(), 'new-name.ts');
    const rename = new vscode.WorkspaceEdit();
    rename.renameFile(editor.document.uri, to, { overwrite: true });
    await vscode.workspace.applyEdit(rename);
    await until('the findings to move', () => diagnosticsOf(to).length > 0);
    assert.deepEqual(diagnosticsOf(editor.document.uri), []);
    const remove = new vscode.WorkspaceEdit();
    remove.deleteFile(to);
    await vscode.workspace.applyEdit(remove);
    await until('the findings to go', () => diagnosticsOf(to).length === 0);
  });

  it('review several files and folders of the Explorer at once', async () => {
    const uri = (name: string) => vscode.Uri.joinPath(folder(), name);
    for (const name of ['several/a.js', 'several/deep/b.js', 'several-not/c.js', 'single.js']) {
      await vscode.workspace.fs.writeFile(uri(name), new TextEncoder().encode('eval(x);\n'));
    }
    await vscode.commands.executeCommand('ensemble.reviewResource', uri('single.js'), [
      uri('single.js'),
      uri('several'),
    ]);
    const found = ['several/a.js', 'several/deep/b.js', 'several-not/c.js', 'single.js'].map(
      (name) => diagnosticsOf(uri(name)).length > 0,
    );
    assert.deepEqual(found, [true, true, false, true]);
  });

  it('put actions above each finding of the report, and repeat the run', async () => {
    const editor = await openFile('lenses.ts', '// first\neval("a");\n');
    select(editor, 2, 2);
    await run('reviewSelection');
    const [uri] = openResults();
    assert.ok(uri);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    const commands = lenses.map(({ command }) => command?.command);
    for (const id of ['runAgain', 'saveResultAs', 'showRunInAgents', 'goToFinding', 'dismissFinding'])
      assert.ok(commands.includes(`ensemble.${id}`), commands.join());
    const repeat = lenses.find(({ command }) => command?.command === 'ensemble.runAgain');
    await vscode.commands.executeCommand('ensemble.runAgain', ...(repeat?.command?.arguments ?? []));
    assert.equal(openResults().length, 2);
    assert.ok(diagnosticsOf(editor.document.uri).every(({ range }) => range.start.line === 1));
  });

  it('do nothing but say so for an empty selection', async () => {
    const editor = await openFile('nothing.ts', SAMPLE);
    editor.selection = new vscode.Selection(3, 2, 3, 2);
    await run('reviewSelection');
    assert.deepEqual(openResults(), []);
    assert.deepEqual(diagnosticsOf(editor.document.uri), []);
  });
});

describe('the API for other extensions', () => {
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
