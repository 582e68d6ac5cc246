import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { startAnthropicServer } from '../../support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { anthropicAccount, findingIn, markOf, openAiAccount, PRICES, wanted, wellBehaved } from './model-answers.ts';
import { BAD_CODE, Sandbox } from './sandbox.ts';

const KEYS = { KEY_ONE: 'sk-first-0123456789abcdef', KEY_TWO: 'sk-second-0123456789abcdef' };
/** Vendors quote the key that they refuse. */
const refused = ({ key }: SeenRequest): Reply => ({
  type: 'error',
  status: 401,
  body: { error: { message: `Incorrect API key provided: ${key}`, code: 'invalid_api_key' } },
});
const limited = (): Reply => ({
  type: 'error',
  status: 429,
  body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } },
  headers: { 'retry-after': '120' },
});

describe('cli: with accounts', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;

  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE });
    server = await startOpenAiServer(wellBehaved());
    const accounts = [openAiAccount('one', server.origin, 'KEY_ONE'), openAiAccount('two', server.origin, 'KEY_TWO')];
    sandbox.configure({ accounts, prices: PRICES });
  });
  afterEach(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  const json = (...args: string[]) => sandbox.json(args, { env: KEYS });
  /** Accounts that gave an answer. */
  const accountsOf = (
    tasks: readonly { readonly attempts: readonly { readonly account: string; readonly outcome: string }[] }[],
  ) =>
    new Set(
      tasks
        .flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 'completed'))
        .map(({ account }) => account),
    );

  it('uses both accounts and accounts for every token and cent', async () => {
    const { code, document } = await json('run', 'Do it in parts', '--strategy', 'parallel');
    assert.equal(code, 0);
    const result = runResultSchema.parse(document);
    assert.deepEqual([...accountsOf(result.tasks)].toSorted(), ['one', 'two']);
    assert.deepEqual(new Set(server.requests.map(({ key }) => key)), new Set(Object.values(KEYS)));
    assert.equal(server.requests.length, 5);
    assert.deepEqual(
      [result.totals.tokens.input, result.totals.tokens.output],
      [server.sent.input, server.sent.output],
    );
    const cost = (server.sent.input + 2 * server.sent.output) / 1_000_000;
    assert.ok(
      Math.abs((result.totals.costUSD ?? Number.NaN) - cost) < 5e-6,
      `${result.totals.costUSD} is about ${cost}`,
    );
    assert.equal(result.llm, true);
    assert.match(result.result, /MARK-1.*MARK-2.*MARK-3/);

    const { items } = (await json('accounts', 'list')).document;
    const today = items.map(
      (one: { today: { calls: number; tokens: { input: number; output: number } } }) => one.today,
    );
    assert.equal(
      today.reduce((sum: number, one: { calls: number }) => sum + one.calls, 0),
      5,
    );
    assert.equal(
      today.reduce((sum: number, one: { tokens: { input: number } }) => sum + one.tokens.input, 0),
      server.sent.input,
    );
  });

  for (const [what, failure, outcome] of [
    ['429', limited, 'rate-limited'],
    ['401', refused, 'auth'],
  ] as const) {
    it(`fails over on ${what} and keeps the failed attempt`, async () => {
      const well = wellBehaved();
      server.script = (request) => (request.key === KEYS.KEY_ONE ? failure(request) : well(request));
      const { code, document } = await json('review', 'src');
      assert.equal(code, 0);
      const result = runResultSchema.parse(document);
      assert.deepEqual([...accountsOf(result.tasks)], ['two']);
      const failed = result.tasks.flatMap(({ attempts }) => attempts).filter((attempt) => attempt.account === 'one');
      assert.ok(failed.length >= 1);
      assert.ok(failed.every((attempt) => attempt.outcome === outcome));
      assert.doesNotMatch(JSON.stringify(document), /sk-first/);
    });
  }

  it('says which account has no key, and how to give it one', async () => {
    const env = { KEY_TWO: KEYS.KEY_TWO };
    const { items } = (await sandbox.json(['accounts', 'list'], { env })).document;
    assert.deepEqual(
      items.map(({ keyMissing }: { readonly keyMissing: boolean }) => keyMissing),
      [true, false],
    );
    assert.match((await sandbox.run(['accounts', 'list'], { env })).stdout, /one .*no key/);
    const { code, stderr } = await sandbox.run(['run', 'Do it']);
    assert.equal(code, 3);
    assert.match(stderr, /There is no key for the account.*Set the environment variable KEY_(ONE|TWO)\. Then resume/s);
    assert.equal(server.requests.length, 0);
  });

  it('ends with 3 and says what to do when every key is refused; the run goes on with a good key', async () => {
    server.script = refused;
    const { code, stdout, stderr } = await sandbox.run(['run', 'Do it'], { env: KEYS });
    assert.equal(code, 3, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /error: No account can be used/);
    assert.match(stderr, /valid key/);
    assert.match(stderr, /runs resume [0-9A-Z]{26}/);
    assert.doesNotMatch(stderr, /sk-(first|second)/);
    server.script = wellBehaved();
    const id = /runs resume ([0-9A-Z]{26})/.exec(stderr)?.[1] ?? '';
    const resumed = await json('runs', 'resume', id);
    assert.equal(resumed.code, 0);
    assert.equal(resumed.document.status, 'completed');
    server.script = refused;
    const tests = await sandbox.run(['accounts', 'test', '--quiet'], { env: {} });
    assert.equal(tests.code, 3);
    assert.match(tests.stdout, /KEY_ONE/);
  });

  it('ends with 4 when the budget does not allow a call, and sends nothing', async () => {
    const { code, stderr } = await sandbox.run(['run', 'Do it', '--budget', '0.000001'], { env: KEYS });
    assert.equal(code, 4, stderr);
    assert.match(stderr, /budget/i);
    assert.equal(server.requests.length, 0);
  });

  it('never takes a stream without its end for an answer', async () => {
    const well = wellBehaved();
    sandbox.configure({ accounts: [openAiAccount('one', server.origin, 'KEY_ONE')], prices: PRICES });
    server.script = (request) => (markOf(request) === 'MARK-2' ? { ...well(request), finish: null } : well(request));
    const { code, document } = await json('run', 'Do it in parts', '-s', 'parallel');
    assert.equal(code, 6);
    const result = runResultSchema.parse(document);
    assert.equal(result.status, 'partial');
    const cut = result.tasks.find(({ id }) => id === 'part-2');
    assert.equal(cut?.status, 'failed');
    assert.ok(cut?.attempts.every(({ outcome }) => outcome !== 'completed'));
    assert.doesNotMatch(JSON.stringify(cut?.output), /MARK-2/);
  });

  it('asks for a repair of invalid JSON once, and then gives up', async () => {
    const well = wellBehaved();
    let plans = 0;
    server.script = (request) => {
      if (wanted(request) !== 'plan') return well(request);
      plans++;
      return plans === 1 ? { type: 'answer', text: 'Here is my plan: first this, then that.' } : well(request);
    };
    const repaired = await json('run', 'Do it in parts');
    assert.equal(repaired.code, 0);
    assert.equal(plans, 2);
    server.script = (request) =>
      wanted(request) === 'plan' ? { type: 'answer', text: '{"subtasks": [' } : well(request);
    const before = server.requests.length;
    const failed = await json('run', 'Do it in parts');
    assert.equal(failed.code, 1);
    assert.equal(failed.document.error.code, 'invalid-model-output');
    assert.ok(server.requests.length - before <= 4, 'two turns in each of two attempts');
  });

  it('says that nobody can be reached, and keeps the run', async () => {
    const port = await closedPort();
    sandbox.configure({ accounts: [openAiAccount('one', `http://127.0.0.1:${port}`, 'KEY_ONE')], prices: PRICES });
    const { code, stderr } = await sandbox.run(['run', 'Do it'], { env: KEYS });
    assert.equal(code, 6, stderr);
    assert.match(stderr, /reached[\s\S]*network[\s\S]*runs resume/i);
  });

  it('reviews with OpenAI and Anthropic side by side', async () => {
    const anthropic = await startAnthropicServer((request) =>
      wanted(request) === 'findings'
        ? { type: 'answer', text: findingIn('src/bad.js', 'return eval(input);') }
        : wellBehaved()(request),
    );
    try {
      sandbox.configure({
        accounts: [
          openAiAccount('one', server.origin, 'KEY_ONE'),
          anthropicAccount('claude', anthropic.origin, 'KEY_TWO'),
        ],
        prices: PRICES,
      });
      const { code, document } = await json('review', 'src');
      assert.equal(code, 0);
      const result = runResultSchema.parse(document);
      assert.ok(server.requests.length > 0 && anthropic.requests.length > 0);
      assert.equal(result.totals.tokens.input, server.sent.input + anthropic.sent.input);
      assert.equal(result.totals.tokens.output, server.sent.output + anthropic.sent.output);
      assert.equal(result.findings?.length, 1);
      assert.deepEqual([result.findings?.[0]?.file, result.findings?.[0]?.startLine], ['src/bad.js', 4]);
      assert.deepEqual(anthropic.unscripted, []);
    } finally {
      await anthropic.close();
    }
  });

  it('lets neither the content of .env nor a key reach server, database, events or output', async () => {
    const canary = 'canary-7f3a9b1c5d';
    sandbox.write({
      '.env': `TOKEN=${canary}\n`,
      'src/.env.local': `TOKEN=${canary}\n`,
      'src/config.js': `export const key = '${KEYS.KEY_ONE}';\nexport const two = 2;\n`,
    });
    const well = wellBehaved();
    server.script = (request) =>
      wanted(request) === 'text' ? { type: 'answer', text: `Your key is ${KEYS.KEY_TWO}.` } : well(request);
    const outputs: string[] = [];
    for (const args of [
      ['review', '--json'],
      ['review'],
      ['run', 'Do it', '--json'],
      ['accounts', 'test'],
      ['accounts', 'list', '--json'],
      ['history', '--json', '--last', '50'],
    ]) {
      const { code, stdout, stderr } = await sandbox.run([...args, '--events', 'events.ndjson'], { env: KEYS });
      assert.equal(code, 0, stderr);
      outputs.push(stdout, stderr, readFileSync(path.join(sandbox.workspace, 'events.ndjson'), 'utf8'));
    }
    const stored = filesBelow(path.dirname(sandbox.database)).map((file) => readFileSync(file, 'latin1'));
    const sent = server.requests.map(({ rawBody }) => rawBody);
    assert.ok(
      sent.some((body) => body.includes('two = 2')),
      'the file beside the key was read',
    );
    for (const [where, texts] of Object.entries({ outputs, stored, sent })) {
      for (const secret of [canary, ...Object.values(KEYS)]) {
        assert.ok(!texts.some((text) => text.includes(secret)), `${secret} is in ${where}`);
      }
    }
  });

  it('strips control sequences of a model before anybody sees them', async () => {
    const well = wellBehaved();
    server.script = (request) =>
      wanted(request) === 'text'
        ? { type: 'answer', text: 'be\u001b[31mfore\u001b]0;evil\u0007 \u202eafter' }
        : well(request);
    const { stdout, stderr } = await sandbox.run(['run', 'Do it'], { env: KEYS });
    assert.match(stdout, /before after/);
    assert.ok(![...(stdout + stderr)].some((character) => ['\u001b', '\u0007', '\u202e'].includes(character)));
  });

  it('shows who receives the code and what it may cost, before it is sent off this machine', async () => {
    const origin = `https://0.0.0.0:${await closedPort()}`;
    sandbox.configure({ accounts: [openAiAccount('far', origin, 'KEY_ONE')], prices: PRICES });
    const first = await sandbox.run(['run', 'Do it', '-m', '1'], { env: KEYS });
    assert.match(
      first.stderr,
      /^Send code.*\n {2}Account far at 0\.0\.0\.0:\d+\n {2}About 3 model calls\n[\s\S]*Cost at most/,
    );
    const second = await sandbox.run(['run', 'Do it', '-m', '1'], { env: KEYS });
    assert.doesNotMatch(second.stderr, /Send code/, 'once per workspace and endpoint');
  });

  it('tests accounts by their models, and lists how they do', async () => {
    const tests = await json('accounts', 'test');
    assert.equal(tests.code, 0);
    assert.deepEqual(
      tests.document.items.map((one: { name: string; ok: boolean; models: string[] }) => [
        one.name,
        one.ok,
        one.models,
      ]),
      [
        ['one', true, ['model-a', 'model-b']],
        ['two', true, ['model-a', 'model-b']],
      ],
    );
    const list = await sandbox.run(['accounts', 'list'], { env: KEYS });
    assert.match(list.stdout, /^ACCOUNT +PROVIDER +ENDPOINT/);
    assert.match(list.stdout, /one +openai +127\.0\.0\.1:\d+ +ready/);
    assert.equal(
      (await sandbox.run(['accounts', 'test', 'one', '--quiet'], { env: { KEY_TWO: KEYS.KEY_TWO } })).code,
      3,
    );
    assert.equal((await sandbox.run(['accounts', 'test', '--quiet'], { env: { KEY_TWO: KEYS.KEY_TWO } })).code, 1);
  });

  it('discovers accounts from the environment alone, and init writes them down without a key', async () => {
    const env = { GROK_API_KEY: KEYS.KEY_ONE, GROK_API_KEY_2: KEYS.KEY_TWO, GROK_BASE_URL: `${server.origin}/v1` };
    sandbox.remove();
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE });
    const { code, document } = await sandbox.json(['review', 'src', '--depth', 'quick'], { env });
    assert.equal(code, 0);
    assert.deepEqual([...accountsOf(document.tasks)].toSorted(), ['grok-1', 'grok-2']);
    const init = await sandbox.run(['init'], { env });
    assert.equal(init.code, 0, init.stderr);
    const written = readFileSync(path.join(sandbox.home, '.ensemble', 'config.json'), 'utf8');
    assert.match(written, /"apiKeyEnv": "GROK_API_KEY_2"/);
    assert.doesNotMatch(written, /sk-/);
    assert.equal((await sandbox.json(['accounts', 'test'], { env })).code, 0);
  });
});

describe('cli: init', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.remove());

  it('takes keys from standard input, keeps them in no file, and names the variables where there is no keyring', async () => {
    const { code, stdout, stderr } = await sandbox.run(['init', '--account1-key', '-', '--account2-key', '-'], {
      input: 'sk-first\nsk-second\n',
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /grok-1 and grok-2 written[\s\S]*export GROK_API_KEY=[\s\S]*export GROK_API_KEY_2=/);
    assert.doesNotMatch(stdout + stderr, /sk-first|sk-second/);
    const stored = filesBelow(sandbox.home).map((file) => readFileSync(file, 'latin1'));
    assert.ok(!stored.some((text) => /sk-first|sk-second/.test(text)));
    const { document } = await sandbox.json(['accounts', 'list']);
    assert.deepEqual(
      document.items.map((one: { name: string }) => one.name),
      ['grok-1', 'grok-2'],
    );
  });

  it('warns about a key that others can see', async () => {
    const { code, stderr } = await sandbox.run(['init', '--account1-key', 'sk-visible', '--provider', 'anthropic']);
    assert.equal(code, 0);
    assert.match(stderr, /can be seen by other programs/);
    assert.match(
      readFileSync(path.join(sandbox.home, '.ensemble', 'config.json'), 'utf8'),
      /"apiKeyEnv": "ANTHROPIC_API_KEY"/,
    );
  });

  it('takes no key that cannot be one, nor one of another vendor, and says what to do without repeating it', async () => {
    for (const [key, said] of [
      ['sk-ant-api03-canary', /is one of anthropic, not of xai\.\n {2}Add --provider anthropic/],
      ['"sk-canary"', /holds characters that no API key has\.\n {2}Copy the key again/],
      ['sk canary', /holds characters that no API key has/],
      ['sk-canary-\u043a\u043b\u044e\u0447', /holds characters that no API key has/],
    ] as const) {
      const { code, stdout, stderr } = await sandbox.run(['init', '--account1-key', '-'], { input: `${key}\n` });
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
      assert.doesNotMatch(stdout + stderr, /canary/);
    }
    assert.ok(!filesBelow(sandbox.home).some((file) => file.endsWith('config.json')), 'nothing was written');
  });

  it('says what to give when there is nothing to set up', async () => {
    for (const args of [
      ['init'],
      ['init', '--account1-key', '-'],
      ['init', '--account1-key', ' '],
      ['init', '--provider', 'grok'],
    ]) {
      const { code, stderr } = await sandbox.run([...args, '--quiet']);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^error: .*\n {2}\S/);
    }
  });
});

describe('cli: behind a proxy', () => {
  it('says what a proxy wants that asks for a password', async function () {
    // Older versions of Node know no proxy.
    if (!process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) this.skip();
    const sandbox = new Sandbox();
    const asked: string[] = [];
    const proxy = createHttpServer().on('connect', ({ url = '' }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    try {
      const address = proxy.address() as AddressInfo;
      sandbox.configure({ accounts: [openAiAccount('one', 'https://vendor.example', 'KEY_ONE')], prices: PRICES });
      const env = { ...KEYS, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${address.port}` };
      const { code, stdout, stderr } = await sandbox.run(['accounts', 'test', 'one'], { env });
      assert.match(stdout + stderr, /The proxy wants a user name and a password \(407\)\. Put them into its address/);
      assert.deepEqual([code, asked], [3, ['vendor.example:443']]);
    } finally {
      proxy.close();
      sandbox.remove();
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** A port of this machine that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}
