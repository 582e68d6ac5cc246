import assert from 'node:assert/strict';
import { toolsFor } from '../../../../../src/core/agents/tools/catalogue.ts';
import type { Commands, PlacedCommand } from '../../../../../src/core/agents/tools/tool.ts';
import type { AgentDefinition } from '../../../../../src/core/agents/types.ts';
import type { Json } from '../../../../../src/core/json.ts';
import type { ApprovalAction } from '../../../../../src/core/policy/approval.ts';
import { MemoryWorkspace } from '../../../../contract/memory-workspace.ts';

const SECRET = 'sk-canary-0123456789abcdef';
const TREE = {
  'package.json': '{"type":"module"}',
  'src/a.js': 'export const a = 1;\n',
  'src/a.test.js': "import { test } from 'node:test';\n",
  '-x.test.js': '',
  'mocha/package.json': '{"devDependencies":{"mocha":"11"}}',
  'mocha/b.test.js': '',
  '.gitignore': 'out/\n',
  'out/c.test.js': '',
};
const AGENT = { name: 'coder', tools: ['read-file', 'run-tests'] } as unknown as AgentDefinition;
const { signal } = new AbortController();
const ATTEMPT = { proposed: () => [], handOver: () => assert.fail('no handoff here') };
const ALLOWED = { command: ['node', '--test', 'src/a.test.js'], folder: '/memory' };

function setUp({ trusted = true, output = 'ok', code = 0 as number | null } = {}) {
  const ran: PlacedCommand[] = [];
  const commands: Commands = {
    place: async (_file, command) => ({ command, folder: '/memory' }),
    run: async (placed) => {
      ran.push(placed);
      return { code, output };
    },
  };
  const place = { workspace: new MemoryWorkspace(TREE, { trusted }), policy: { sendFromUntrusted: true } };
  const box = toolsFor({ ...place, knownSecrets: () => [SECRET], commands })(AGENT) ?? assert.fail();
  const call = (path: string) => ({ id: '1', name: 'run-tests', arguments: JSON.stringify({ path }) });
  return {
    ran,
    box,
    prepare: async (path: string) =>
      (await box.prepare(call(path), ATTEMPT, signal)) as ApprovalAction & { content: string },
    run: (allowed: Json, path = 'src/a.test.js') => box.call(call(path), ATTEMPT, signal, allowed),
  };
}

describe('run-tests', () => {
  it('asks for exactly the command of the project, and runs nothing before', async () => {
    const { prepare, ran } = setUp();
    const asked = await prepare('./src/a.test.js');
    assert.deepEqual(asked.action, ALLOWED);
    assert.equal(asked.details[0], 'Command: node --test src/a.test.js');
    assert.equal(asked.details[1], 'Folder: /memory');
    assert.deepEqual(ran, []);
  });

  it('runs what was allowed, whatever it is called with then, and nothing without leave', async () => {
    const { run, ran } = setUp();
    assert.deepEqual(await run(ALLOWED, 'mocha/b.test.js'), { ok: true, content: 'The tests pass.\nok' });
    assert.deepEqual(ran, [ALLOWED]);
    for (const nothing of [null, {}, { command: [], folder: '/memory' }]) assert.equal((await run(nothing)).ok, false);
    assert.equal(ran.length, 1);
  });

  it('asks for nothing but test files that may be read and have a runner', async () => {
    const { prepare } = setUp();
    assert.match((await prepare('src/a.js')).content, /no test file by its name/);
    assert.match((await prepare('-x.test.js')).content, /no test file by its name/);
    assert.match((await prepare('out/c.test.js')).content, /ignored by \.gitignore/);
    assert.match((await prepare('../a.test.js')).content, /outside of the workspace/);
    assert.match((await prepare('no.test.js')).content, /no\.test\.js/);
    assert.match((await prepare('mocha/b.test.js')).content, /runner of the project is not installed/);
  });

  it('is not offered where the folder is not trusted, and refused where it is called all the same', async () => {
    const { box, prepare, run, ran } = setUp({ trusted: false });
    assert.deepEqual(
      box.definitions().map(({ name }) => name),
      ['read-file'],
    );
    assert.match((await prepare('src/a.test.js')).content, /not trusted/);
    assert.match((await run(ALLOWED)).content, /not trusted/);
    assert.deepEqual(ran, []);
  });

  it('says that tests fail, and gives the end of what they print, without any part of a secret', async () => {
    // The secret lies across the place where the text is cut.
    const { run } = setUp({ code: 1, output: `${'x'.repeat(500)}${SECRET}${'y'.repeat(19_990)}` });
    const { ok, content } = await run(ALLOWED);
    assert.equal(ok, true, 'a test that fails is a result');
    assert.match(content, /^The tests fail \(exit 1\)\.\n\[\d+ characters before\]\n/);
    assert.ok(content.endsWith('y'.repeat(19_990)));
    assert.ok(!content.includes('abcdef'));
    assert.ok(content.length < 20_200);
  });
});
