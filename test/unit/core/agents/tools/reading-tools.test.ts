import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toolsFor } from '../../../../../src/core/agents/tools/catalogue.ts';
import type { Diagnostics, ToolAttempt } from '../../../../../src/core/agents/tools/tool.ts';
import type { ToolBox } from '../../../../../src/core/agents/tools/tool-box.ts';
import type { AgentDefinition } from '../../../../../src/core/agents/types.ts';
import { MemoryWorkspace } from '../../../../contract/memory-workspace.ts';

const SECRET = 'canary-5f2a7c91';
const ALL = ['read-file', 'list-files', 'search-text', 'git-diff', 'symbols', 'diagnostics', 'propose-edit'];
const AGENT = { name: 'coder', tools: ALL } as unknown as AgentDefinition;
const { signal } = new AbortController();
/** Reading needs nothing of the attempt. */
const NOBODY: ToolAttempt = { proposed: () => [], handOver: () => assert.fail() };

const TREE = {
  '.gitignore': 'build/\n',
  '.ensembleignore': 'private/\n',
  'src/a.ts': 'const a = 1;\nconst b = a;\n',
  'src/key.ts': `const key = "${SECRET}";\n`,
  'src/big.txt': `${'x'.repeat(99)}\n`.repeat(1_000),
  'build/out.js': `${SECRET}-built`,
  'private/notes.md': `${SECRET}-private`,
  '.env': `KEY=${SECRET}-env`,
  '.git/config': `${SECRET}-git`,
  'link.ts': { link: '.env' },
  'outside.ts': { link: '../outside' },
  'binary.dat': 'a\0b',
};

function box(options: { readonly trusted?: boolean; readonly send?: boolean } = {}): ToolBox {
  const { trusted = true, send = true } = options;
  const workspace = new MemoryWorkspace(TREE, { trusted });
  const diagnostics: Diagnostics = {
    list: (file) =>
      ['src/a.ts', 'src/key.ts', '.env', 'private/notes.md', 'build/out.js']
        .filter((one) => file === null || one === file)
        .map((one, index) => ({
          file: one,
          line: index + 1,
          severity: index === 0 ? 'warning' : 'error',
          message: `'${SECRET}'\n is wrong`,
          source: 'ts',
        })),
  };
  const policy = { sendFromUntrusted: send };
  const tools = toolsFor({ workspace, policy, diagnostics, knownSecrets: () => [SECRET] })(AGENT);
  assert.ok(tools);
  return tools;
}

const ask = (name: string, input: unknown, tools = box()) =>
  tools.call({ id: '1', name, arguments: typeof input === 'string' ? input : JSON.stringify(input) }, NOBODY, signal);

describe('reading tools', () => {
  it('read files by lines, with their numbers', async () => {
    assert.deepEqual(await ask('read-file', { path: './src/a.ts' }), {
      ok: true,
      content: '1| const a = 1;\n2| const b = a;\n3| ',
    });
    const part = await ask('read-file', { path: 'src/a.ts', startLine: 2, endLine: 2 });
    assert.equal(part.content, '2| const b = a;');
    const long = await ask('read-file', { path: 'src/big.txt' });
    assert.ok(long.content.length < 31_000);
    assert.match(long.content, /\[lines (\d+)-1001 are not shown; ask for them\]$/);
    const last = /(\d+)\| x+\n\[lines (\d+)-/.exec(long.content);
    assert.equal(Number(last?.[2]), Number(last?.[1]) + 1);
    assert.match((await ask('read-file', { path: 'src/a.ts', startLine: 9 })).content, /has 3 lines only/);
    assert.match((await ask('read-file', { path: 'src/a.ts', startLine: 2, endLine: 1 })).content, /not below/);
  });

  it('list and search what may be read', async () => {
    const { content } = await ask('list-files', {});
    assert.match(content, /^src\/a\.ts \(26\)$/m);
    assert.doesNotMatch(content, /build|private|\.env$|\.git\/|link\.ts|outside/m);
    assert.equal(
      (await ask('search-text', { text: 'CONST A', caseSensitive: false })).content,
      'src/a.ts:1: const a = 1;',
    );
    assert.equal((await ask('search-text', { text: '.*' })).content, '[found nowhere]');
    assert.match(
      (await ask('search-text', { text: 'xxx' })).content,
      /\[more than 100 lines: search for something rarer\]$/,
    );
  });

  it('show what has changed', async () => {
    const { ok, content } = await ask('git-diff', { path: 'src/a.ts' });
    assert.equal(ok, true, content);
    assert.match(content, /\+const b = a;/);
    assert.doesNotMatch((await ask('git-diff', {})).content, new RegExp(SECRET));
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['../outside', /outside of the workspace/],
    ['/etc/passwd', /outside of the workspace/],
    ['src/../../x', /outside of the workspace/],
    ['file:///etc/passwd', /outside of the workspace/],
    ['C:\\Windows', /outside of the workspace/],
    ['\\\\host\\share', /outside of the workspace/],
    ['outside.ts', /outside of the workspace/],
    ['.env', /secrets by its name/],
    ['.ENV', /secrets by its name/],
    ['link.ts', /secrets by its name/],
    ['.git/config', /secrets by its name/],
    ['build/out.js', /ignored by \.gitignore/],
    ['private/notes.md', /ignored by \.ensembleignore/],
    ['binary.dat', /binary/],
    ['src', /is a folder/],
    ['none.ts', /There is no file or folder "none.ts"/],
  ];
  for (const [path, reason] of refused) {
    it(`do not read ${path}`, async () => {
      const { ok, content } = await ask('read-file', { path });
      assert.equal(ok, false);
      assert.match(content, reason);
      assert.doesNotMatch(content, new RegExp(SECRET));
    });
  }

  it('read nothing of a workspace that is not trusted, where that forbids it', async () => {
    const untrusted = box({ trusted: false, send: false });
    assert.match((await ask('read-file', { path: 'src/a.ts' }, untrusted)).content, /not trusted/);
    assert.match((await ask('list-files', {}, untrusted)).content, /not trusted/);
    assert.equal((await ask('read-file', { path: 'src/a.ts' }, box({ trusted: false }))).ok, true);
  });

  it('answer an unknown tool with the tools that exist, and wrong arguments with what is wrong', async () => {
    assert.equal(
      (await ask('read_file', {})).content,
      'There is no tool "read_file". Did you mean read-file? There are: read-file, list-files, search-text, git-diff, symbols, diagnostics, propose-edit.',
    );
    assert.match((await ask('read-file', '{"path":')).content, /not valid JSON/);
    assert.match((await ask('read-file', {})).content, /do not fit read-file: path:/);
    assert.match((await ask('read-file', { path: 'src/a.ts', shell: 'x' })).content, /shell/);
    assert.equal((await ask('list-files', '')).ok, true);
  });

  it('never give a secret or a forbidden file, whatever a model asks for', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '.env',
      '.ENV',
      '.git',
      'config',
      'src',
      'key.ts',
      'build',
      'out.js',
      'private',
      'link.ts',
      '',
      'notes.md',
      'outside.ts',
      '/',
      '\\',
      'file:',
    );
    const path = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('/'));
    const input = fc.oneof(
      fc.record({ path }),
      fc.record({ path, text: fc.constantFrom('canary', 'KEY', SECRET, '') }),
      fc.record({
        path,
        search: fc.constantFrom('', 'KEY', SECRET),
        replace: fc.constantFrom('x', SECRET),
        why: piece,
      }),
      fc.json(),
    );
    const tools = box();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ALL, 'run', ''), input, async (name, asked) => {
        const { content, edit } = await ask(name, asked, tools);
        if (edit) assert.doesNotMatch(edit.file, /^(?:\.git|\.env|\/|build\/|private\/|(?:link|outside)\.ts)|\.\./);
        assert.ok(!content.includes(SECRET), content);
        assert.doesNotMatch(content, /-built|-private|-env|-git/);
      }),
      { numRuns: 10_000 },
    );
  }).timeout(60_000);
});

describe('toolsFor', () => {
  const place = { workspace: new MemoryWorkspace({}), policy: { sendFromUntrusted: true }, knownSecrets: () => [] };

  it('gives an agent the tools that it names, and no box for none', () => {
    const of = (tools: readonly string[] | undefined) => toolsFor(place)({ ...AGENT, tools } as AgentDefinition);
    assert.deepEqual(
      of(['git-diff', 'no-such', 'read-file'])
        ?.definitions()
        .map(({ name }) => name),
      ['read-file', 'git-diff'],
    );
    assert.deepEqual(of(ALL)?.definitions().length, ALL.length);
    assert.equal(of([]), null);
    assert.equal(of(undefined), null);
    assert.equal(of(['no-such']), null);
    assert.equal(toolsFor({ ...place, workspace: null })(AGENT), null);
  });

  it('describes them in the form that providers take', () => {
    for (const { name, parameters } of toolsFor(place)(AGENT)?.definitions() ?? []) {
      assert.match(name, /^[\w-]{1,64}$/);
      assert.deepEqual([parameters.type, parameters.additionalProperties], ['object', false]);
      assert.ok(!('$schema' in parameters));
    }
  });
});
