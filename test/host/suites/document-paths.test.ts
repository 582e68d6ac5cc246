import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { documentUri, placeOfDocument } from '../../../src/shells/vscode/documents/document-uri.ts';
import { filterOf, historyUri, placeOf } from '../../../src/shells/vscode/history/history-uri.ts';

/** As a tab keeps it. */
const kept = (uri: vscode.Uri) => vscode.Uri.parse(uri.toString(), true);

describe('paths of documents', () => {
  it('say title and version, and lead back', () => {
    for (const title of ['Herons', 'a/b\\c', '😀 ? # %20 &version=9', '..', 'x'.repeat(500)]) {
      const uri = kept(documentUri({ id: 12, version: 3, title, format: 'markdown', kind: 'document' }));
      assert.deepEqual(placeOfDocument(uri), { id: 12, version: 3 }, title);
      assert.match(uri.path, /^\/Version 3\/[^/]+\.md$/, title);
    }
  });

  it('of tabs that an earlier version has opened lead back too', () => {
    const old = vscode.Uri.parse('ensemble-document:/12/3/Herons.md', true);
    assert.deepEqual(placeOfDocument(old), { id: 12, version: 3 });
    assert.deepEqual(placeOf(vscode.Uri.parse('ensemble-history:/run-step/7/Step 1 of 2.md', true)), {
      kind: 'run-step',
      id: 7,
    });
    const audit = vscode.Uri.parse('ensemble-history:/audit/17/Audit Log.md?search=a%20b', true);
    assert.deepEqual([placeOf(audit), filterOf(audit)], [{ kind: 'audit', id: 17 }, { search: 'a b' }]);
  });

  it('of the history lead back, with their filter', () => {
    const uri = kept(historyUri({ kind: 'audit', id: 17 }, 'Audit Log', { action: 'send', search: 'audit=4 & more' }));
    assert.deepEqual(placeOf(uri), { kind: 'audit', id: 17 });
    assert.deepEqual(filterOf(uri), { action: 'send', search: 'audit=4 & more' });
    const step = kept(historyUri({ kind: 'task-step', id: 5 }, 'Step 1 of 2'));
    assert.deepEqual(placeOf(step), { kind: 'task-step', id: 5 });
    assert.equal(step.path, '/Conversation 5/Step 1 of 2.md');
  });

  it('that name nothing are refused', () => {
    for (const path of ['ensemble-history:/x', 'ensemble-history:/nothing/5/a.md', 'ensemble-history:/a.md?nothing=5'])
      assert.throws(() => placeOf(vscode.Uri.parse(path, true)), vscode.FileSystemError, path);
    assert.equal(placeOfDocument(vscode.Uri.parse('ensemble-document:/a.md?id=1', true)), null);
    assert.equal(placeOfDocument(vscode.Uri.parse('file:/12/3/Herons.md', true)), null);
  });
});
