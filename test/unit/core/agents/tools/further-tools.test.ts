import assert from 'node:assert/strict';
import { toolsFor } from '../../../../../src/core/agents/tools/catalogue.ts';
import type { Diagnostic, ToolResult } from '../../../../../src/core/agents/tools/tool.ts';
import type { AgentDefinition } from '../../../../../src/core/agents/types.ts';
import { applyChanges } from '../../../../../src/core/edits/line-changes.ts';
import { mergeFileEdits } from '../../../../../src/core/edits/merge-file-edits.ts';
import type { FileEdit } from '../../../../../src/core/results.ts';
import { MemoryWorkspace } from '../../../../contract/memory-workspace.ts';

const SECRET = 'sk-canary-0123456789abcdef';
const CODE = 'export function add(a: number, b: number) {\n  return a - b;\n}\n\nexport const ONE = 1;\n';
const TREE = {
  '.gitignore': 'build/\n',
  'src/math.ts': CODE,
  'src/key.ts': `const key = "${SECRET}";\nexport const two = 2;\n`,
  'lib/tool.py': 'def run(name):\n    return name\n',
  'build/out.js': 'export const built = 1;\n',
  '.env': 'KEY=1\n',
  '.vscode/settings.json': '{}\n',
};
const AGENT = { name: 'coder', tools: ['symbols', 'diagnostics', 'propose-edit'] } as unknown as AgentDefinition;
const { signal } = new AbortController();

/** Tools with what an attempt has proposed so far. */
function setUp(diagnostics?: readonly Diagnostic[]) {
  const workspace = new MemoryWorkspace(TREE);
  const proposed: FileEdit[] = [];
  const box = toolsFor({
    workspace,
    policy: { sendFromUntrusted: true },
    knownSecrets: () => [SECRET],
    diagnostics: diagnostics && { list: (file) => diagnostics.filter((one) => file === null || one.file === file) },
  })(AGENT);
  const attempt = { proposed: () => proposed, handOver: () => assert.fail('no handoff here') };
  const ask = async (name: string, input: object): Promise<ToolResult> => {
    const given = await (box ?? assert.fail()).call(
      { id: '1', name, arguments: JSON.stringify(input) },
      attempt,
      signal,
    );
    if (given.edit) proposed.push(given.edit);
    return given;
  };
  return { ask, proposed };
}

describe('symbols', () => {
  it('lists what files export, of a folder or by name, and nothing that is ignored', async () => {
    const { ask } = setUp();
    assert.equal(
      (await ask('symbols', {})).content,
      [
        'lib/tool.py:1: function run(name)',
        'src/key.ts:2: value two',
        'src/math.ts:1: function add(a: number, b: number)',
        'src/math.ts:5: value ONE',
      ].join('\n'),
    );
    assert.equal(
      (await ask('symbols', { path: 'src', name: 'AD' })).content,
      'src/math.ts:1: function add(a: number, b: number)',
    );
    assert.equal((await ask('symbols', { path: 'src', name: 'nothing' })).content, '[none found]');
  });
});

describe('diagnostics', () => {
  const at = (file: string, severity: Diagnostic['severity'], message: string): Diagnostic => ({
    file,
    line: 2,
    severity,
    message,
    source: 'ts',
  });

  it('lists the worst first, redacted, and only of files that may be read', async () => {
    const { ask } = setUp([
      at('src/math.ts', 'warning', 'odd\n  name'),
      at('src/math.ts', 'error', `no ${SECRET} here`),
      at('.env', 'error', 'hidden'),
      at('build/out.js', 'error', 'hidden'),
    ]);
    assert.match(
      (await ask('diagnostics', {})).content,
      /^src\/math\.ts:2: error no \[redacted[^\]]*\] here \(ts\)\nsrc\/math\.ts:2: warning odd name \(ts\)$/,
    );
    assert.equal((await ask('diagnostics', { path: 'src/key.ts' })).content, '[none]');
    assert.match((await ask('diagnostics', { path: '.env' })).content, /may hold secrets/);
  });

  it('says where there are none to be had', async () => {
    const { ok, content } = await setUp().ask('diagnostics', {});
    assert.equal(ok, false);
    assert.match(content, /only an editor has them/);
  });
});

describe('propose-edit', () => {
  const fix = { path: 'src/math.ts', search: 'return a - b;', replace: 'return a + b;', why: 'It adds.' };

  it('collects changes that fit the file as it is, and writes nothing', async () => {
    const { ask, proposed } = setUp();
    assert.deepEqual((await ask('propose-edit', fix)).content, 'Taken: lines 2-2.');
    assert.equal(
      (await ask('propose-edit', { ...fix, search: 'ONE = 1', replace: 'ONE = 1.0', why: 'Same.' })).ok,
      true,
    );
    const created = { path: 'src/new/sub.ts', search: '', replace: 'export {};\n', why: 'It was missing.' };
    assert.equal((await ask('propose-edit', created)).content, 'Taken: a new file.');
    const { edits, rejected } = mergeFileEdits(proposed);
    assert.deepEqual(rejected, []);
    assert.deepEqual(
      edits.map(({ file, baseHash, summary }) => [file, baseHash === null, summary]),
      [
        ['src/math.ts', false, 'It adds. Same.'],
        ['src/new/sub.ts', true, 'It was missing.'],
      ],
    );
    assert.equal(
      applyChanges(CODE, edits[0]?.changes ?? []),
      CODE.replace('a - b', 'a + b').replace('ONE = 1;', 'ONE = 1.0;'),
    );
  });

  it('refuses with the reason what cannot be made as it is', async () => {
    const { ask } = setUp();
    await ask('propose-edit', fix);
    for (const [change, reason] of [
      [{ search: 'return nothing;' }, /do not stand in the code/],
      [{ search: '' }, /the file exists/],
      [{ replace: 'return a * b;' }, /contradicts another proposal for the lines 2-2/],
      [{ path: 'src/none.ts' }, /There is no file.*new file/],
      [{ path: 'src/key.ts', search: 'const key', replace: 'let key' }, /secret was removed/],
      [{ path: 'src/other.ts', search: '', replace: `const k = "${SECRET}";` }, /holds a secret/],
      [{ path: '.env', search: 'KEY', replace: 'KEYS' }, /may hold secrets/],
      [{ path: 'build/out.js', search: 'built', replace: 'b' }, /ignored by \.gitignore/],
      [{ path: '.vscode/settings.json', search: '{}', replace: '{"a":1}' }, /only a person changes them/],
      [{ path: '.ensemble/agents/evil.md', search: '', replace: 'x' }, /only a person changes them/],
      [{ path: '.GIT/hooks/pre-commit', search: '', replace: 'x' }, /never read/],
      [{ path: 'a/B.Code-Workspace', search: '', replace: 'x' }, /only a person changes them/],
      [{ path: '../outside.ts', search: '', replace: 'x' }, /relative to the root/],
      [{ path: '/etc/passwd', search: '', replace: 'x' }, /relative to the root/],
    ] as const) {
      const { ok, content, edit } = await ask('propose-edit', { ...fix, ...change });
      assert.deepEqual([ok, edit], [false, undefined], JSON.stringify(change));
      assert.match(content, reason);
    }
    assert.equal((await ask('propose-edit', fix)).ok, true, 'the same once more is no contradiction');
  });
});

describe('mergeFileEdits', () => {
  const edit = (startLine: number, endLine: number, newText: string, baseHash = 'h'): FileEdit => ({
    file: 'a.ts',
    baseHash,
    changes: [{ startLine, endLine, newText }],
    summary: newText,
  });

  it('keeps the first of two that contradict one another, and names the other with the reason', () => {
    const { edits, rejected } = mergeFileEdits([
      edit(5, 6, 'x'),
      edit(1, 1, 'y'),
      edit(6, 7, 'z'),
      edit(1, 1, 'y'),
      edit(9, 9, 'q', 'old'),
    ]);
    assert.deepEqual(edits[0]?.changes, [
      { startLine: 1, endLine: 1, newText: 'y' },
      { startLine: 5, endLine: 6, newText: 'x' },
    ]);
    assert.deepEqual(
      rejected.map(({ edit: { summary }, reason }) => [summary, reason]),
      [
        ['z', 'it contradicts another proposal for the lines 5-6'],
        ['q', 'the file has changed since an earlier proposal'],
      ],
    );
  });
});
