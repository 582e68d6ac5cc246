import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BAD_CODE, Sandbox } from './sandbox.ts';

const CHILD = fileURLToPath(new URL('./killed-before-end.ts', import.meta.url));
const LOADER = new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const WORKER = new URL('../../../dist/storage-worker.js', import.meta.url).href;

describe('cli: a process that dies between its documents and the end of its run', () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE });
  });
  after(() => sandbox.remove());

  const documents = async () => (await sandbox.json(['docs', '--limit', '100'])).document;

  it('leaves documents that the resumed run makes no second time, and loses nothing', async () => {
    const child = spawn(process.execPath, ['--import', LOADER, CHILD, sandbox.database, WORKER], {
      cwd: sandbox.workspace,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL');
    const [run] = (await sandbox.json(['runs', 'list'])).document.items;
    assert.notEqual(run.status, 'completed');
    const saved = await documents();
    assert.deepEqual(saved.items.map(({ kind }: { kind: string }) => kind).sort(), ['findings', 'report']);

    const { code, document, stderr } = await sandbox.json(['runs', 'resume', run.runId]);
    assert.equal(code, 0, stderr);
    assert.equal(document.status, 'completed');
    assert.ok(document.findings.length > 0);
    const kept = await documents();
    assert.deepEqual(
      kept.items.map(({ id, version, title }: { id: number; version: number; title: string }) => [id, version, title]),
      saved.items.map(({ id, title }: { id: number; title: string }) => [id, 1, title]),
      'the same documents, none of them twice and none with a second version',
    );
    assert.ok(kept.items.some(({ id }: { id: number }) => id === document.documentId));
    const report = await sandbox.run(['docs', 'show', String(document.documentId)]);
    assert.equal(report.stdout.trim(), document.result.trim());
    const stored = (await sandbox.json(['runs', 'show', run.runId])).document.item;
    assert.ok(stored.tasks.every(({ status }: { status: string }) => status === 'completed'));
  });
});
