import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Sandbox } from './sandbox.ts';

describe('cli: help and mistakes', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.remove());

  it('prints help and version without touching the disk', async () => {
    const help = await sandbox.run(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: ensemble/);
    assert.equal(help.stderr, '');
    assert.match((await sandbox.run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(existsSync(path.join(sandbox.home, '.ensemble')), false);
  });

  const mistakes: readonly (readonly [string, string[], RegExp])[] = [
    ['an unknown command', ['reveiw'], /Did you mean review\?/],
    ['an unknown option', ['review', '--fail-in', 'high'], /Did you mean --fail-on\?/],
    ['an unknown strategy', ['run', 'x', '--strategy', 'paralel'], /Did you mean "parallel"\?/],
    ['an unknown workflow', ['workflow', 'run', 'code-reviw'], /"code-review"/],
    ['an unknown workflow to show', ['workflow', 'show', 'code-reviw'], /"code-review"/],
    ['an unknown prompt', ['prompt', 'show', 'code-reviw'], /"code-review"/],
    ['a missing variable', ['prompt', 'render', 'code-review', '--vars', 'code=x'], /Missing variable: language/],
    ['an unknown document', ['docs', 'show', '99'], /no document 99/],
    ['an unknown conversation', ['history', 'show', '99'], /no conversation 99/],
    ['an unknown run', ['runs', 'show', '01ARZ3NDEKTSV4RRFFQ69G5FAV'], /no run 01ARZ3/i],
    ['an unknown run to resume', ['runs', 'resume', '01ARZ3NDEKTSV4RRFFQ69G5FAV'], /01ARZ3/],
    ['events of an unknown run', ['runs', 'events', 'nonsense'], /nonsense/],
    ['an unknown account', ['accounts', 'test', 'nobody'], /nobody/],
    ['a path that does not exist', ['review', 'missing.ts'], /missing\.ts/],
    ['a path outside of the workspace', ['review', '/'], /outside/],
    ['an empty task', ['run', '  '], /There is no task/],
    ['a config that does not exist', ['stats', '--config', 'missing.json'], /missing\.json/],
    ['nothing to review', ['review'], /./],
    ['changes where there is no git', ['review', '--diff'], /git/],
  ];
  for (const [what, args, expected] of mistakes) {
    it(`answers ${what} with one message, what to do, and exit code 2`, async () => {
      const { code, stdout, stderr } = await sandbox.run([...args, '--quiet']);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^error: /);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /\n\s+at |node:internal/);
      assert.ok(stderr.trimEnd().split('\n').length <= 6, stderr);
    });
  }

  it('answers with an error document on standard output with --json', async () => {
    const { code, document } = await sandbox.json(['review', 'missing.ts']);
    assert.equal(code, 2);
    assert.deepEqual(Object.keys(document), ['schema', 'error']);
    assert.deepEqual(Object.keys(document.error).toSorted(), ['code', 'hint', 'message']);
  });

  it('names field and file of a config that is wrong', async () => {
    sandbox.configure({ accounts: [{ name: 'a', provider: 'xia' }] });
    const { code, stderr } = await sandbox.run(['stats']);
    assert.equal(code, 2);
    assert.match(stderr, /config\.json/);
    assert.match(stderr, /provider/);
  });

  const account = { name: 'a', provider: 'xai' };
  for (const [what, config, field] of [
    ['a name twice', { accounts: [account, account] }, 'accounts[1].name'],
    ['http to another machine', { accounts: [{ ...account, baseURL: 'http://host/v1' }] }, 'accounts[0].baseURL'],
    ['a limit of nothing', { quotaGroups: { a: { tokensPerMinute: 0 } } }, 'quotaGroups.a.tokensPerMinute'],
    ['a budget below nothing', { budget: { perDayUSD: -1 } }, 'budget.perDayUSD'],
    ['a key', { accounts: [{ ...account, apiKey: 'sk-canary-0123456789' }] }, 'accounts[0].apiKey'],
  ] as const) {
    it(`refuses a config with ${what}, naming the field`, async () => {
      sandbox.configure(config);
      const { code, stdout, stderr } = await sandbox.run(['accounts', 'list']);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(`${field}: `), stderr);
      assert.doesNotMatch(stdout + stderr, /canary/);
    });
  }

  it('ends with 5 where the database cannot be used', async () => {
    sandbox.write({ 'not-a-database.db': 'this is text, and rather more of it than a header needs. '.repeat(20) });
    mkdirSync(path.join(sandbox.workspace, 'folder.db'));
    for (const file of ['folder.db', '/dev/null/impossible.db']) {
      const { code, stderr } = await sandbox.run(['stats', '--db', file]);
      assert.equal(code, 5, `${file}: ${stderr}`);
      assert.match(stderr, /^error: /);
    }
    const before = readFileSync(path.join(sandbox.workspace, 'not-a-database.db'), 'utf8');
    await sandbox.run(['stats', '--db', 'not-a-database.db']);
    const kept = readFileSync(path.join(sandbox.workspace, 'not-a-database.db'), 'utf8');
    assert.equal(kept, before, "somebody else's file is not overwritten");
  });
});
