import assert from 'node:assert/strict';
import { createEnsemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import { applyChanges } from '../../../src/core/edits/line-changes.ts';
import type { RunRequest } from '../../../src/core/requests.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { MemoryWorkspace } from '../../contract/memory-workspace.ts';

const SOURCE = 'export function add(a, b) {  \n  return a + b;\n}\n';

async function run(request: RunRequest, files: Record<string, string>) {
  const ensemble = await createEnsemble({
    config: DEFAULT_CONFIG,
    databaseFile: null,
    workspace: new MemoryWorkspace(files),
    approver: { ask: () => assert.fail('nothing leaves the machine, so there is nothing to ask') },
  });
  try {
    const result = await (await ensemble.start(request)).result;
    return runResultSchema.parse(JSON.parse(JSON.stringify(result)));
  } finally {
    await ensemble.close();
  }
}

describe('refactoring and test generation without an account', () => {
  it('proposes safe changes of a file and says that no model took part', async () => {
    const request = { kind: 'refactor', target: { type: 'file', path: 'add.js' }, goals: null } as const;
    const result = await run(request, { 'add.js': SOURCE });
    assert.deepEqual(
      [result.status, result.llm, result.kind, result.workflow],
      ['completed', false, 'refactor', 'refactor'],
    );
    const [edit] = result.edits ?? [];
    assert.equal(applyChanges(SOURCE, edit?.changes ?? []), SOURCE.replace('{  \n', '{\n'));
    assert.match(result.result, /No language model was used/);
    assert.equal(result.testPlan, undefined);
  });

  it('completes without edits where there is nothing to improve, after one task', async () => {
    const request = { kind: 'refactor', target: { type: 'file', path: 'add.js' }, goals: null } as const;
    const result = await run(request, { 'add.js': SOURCE.replace('{  ', '{') });
    assert.deepEqual([result.status, result.edits, result.tasks.length], ['completed', [], 1]);
    assert.match(result.result, /Nothing to improve was found/);
  });

  it('proposes a test skeleton that imports the code, with the way to run it', async () => {
    const request = { kind: 'test-gen', target: { type: 'file', path: 'src/add.js' }, framework: null } as const;
    const result = await run(request, { 'src/add.js': SOURCE, 'package.json': '{"type":"module"}' });
    assert.deepEqual([result.status, result.kind, result.workflow], ['completed', 'test-gen', 'test-generator']);
    assert.deepEqual(result.testPlan, {
      file: 'src/add.test.js',
      framework: 'node:test',
      command: ['node', '--test', 'src/add.test.js'],
    });
    const [edit] = result.edits ?? [];
    assert.deepEqual([edit?.file, edit?.baseHash], ['src/add.test.js', null]);
    assert.match(
      applyChanges('', edit?.changes ?? []),
      /import \* as subject from '\.\/add\.js';[\s\S]*typeof subject\.add/,
    );
  });

  it('runs both as workflows of the catalogue', async () => {
    const refactor = await run(
      { kind: 'workflow', workflow: 'refactor', params: { path: 'add.js', goals: 'Tidy up' } },
      { 'add.js': SOURCE },
    );
    assert.deepEqual([refactor.kind, refactor.workflow, refactor.edits?.length], ['workflow', 'refactor', 1]);
    const tests = await run(
      { kind: 'workflow', workflow: 'test-generator', params: { path: 'add.js' } },
      { 'add.js': SOURCE },
    );
    assert.equal(tests.testPlan?.file, 'add.test.js');
    await assert.rejects(run({ kind: 'workflow', workflow: 'refactor', params: {} }, {}), { code: 'invalid-input' });
  });
});
