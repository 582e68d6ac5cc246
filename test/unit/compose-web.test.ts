import assert from 'node:assert/strict';
import fs from 'node:fs';
import { inProject, listFiles } from '../../scripts/lib/project.mjs';
import * as web from '../../src/compose.web.ts';
import { createEnsemble } from '../../src/compose.web.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';
import { MemoryWorkspace } from '../contract/memory-workspace.ts';
import { SILENT } from '../contract/storage-implementations.ts';
import { FakeFiles, WASM } from '../support/fake-browser.ts';
import { sqliteForTests } from './adapters/storage/sqlite-for-tests.ts';

function open(files: FakeFiles) {
  return createEnsemble({
    config: DEFAULT_CONFIG,
    browser: { files, wasm: WASM },
    workspace: new MemoryWorkspace({ 'run.ts': 'export function run(input: string) {\n  eval(input);\n}\n' }),
    diagnostics: { list: () => [] },
    secrets: { get: async () => null, set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    logger: SILENT,
    hostProviders: {},
  });
}

describe('the composition for browsers', () => {
  before(() => sqliteForTests());

  it('reviews without a key, and has run, result and prompt at the next start', async () => {
    const files = new FakeFiles();
    const first = await open(files);
    const { runId, status } = await first.review({
      kind: 'review',
      target: { type: 'paths', paths: [''] },
      depth: 'standard',
    });
    assert.equal(status, 'completed');
    await first.prompts.save(
      { name: 'mine', template: 'Look at {{code}}', description: '', category: '', tags: [], parameters: [] },
      { author: '', reason: '' },
    );
    await first.close();

    const second = await open(files);
    assert.equal((await second.runs.get(runId)).record.status, 'completed');
    const documents = await second.history.documents({ limit: 10, runId });
    assert.ok(documents.total > 0);
    const findings = await second.stores.findings.list(runId);
    assert.match(JSON.stringify(findings), /eval/);
    assert.equal((await second.prompts.get('mine'))?.template, 'Look at {{code}}');
    await second.close();
  }).timeout(20_000);

  it('offers all that the editor takes from the other one', () => {
    const used = listFiles(inProject('src/shells/vscode'), (file: string) => file.endsWith('.ts'))
      .map((file: string) => fs.readFileSync(file, 'utf8'))
      .flatMap((text: string) => [
        ...[...text.matchAll(/const \{([^}]+)\} = await import\('[./]+compose\.ts'\)/g)].flatMap(
          ([, names]) => names?.split(',') ?? [],
        ),
        ...[...text.matchAll(/await import\('[./]+compose\.ts'\)\)\.(\w+)/g)].map(([, name]) => name ?? ''),
      ])
      .map((name: string) => name.trim());
    assert.ok(used.length >= 5, used.join(' '));
    assert.deepEqual(
      used.filter((name: string) => !(name in web)),
      [],
    );
  });
});
