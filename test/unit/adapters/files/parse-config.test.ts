import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseConfig } from '../../../../src/adapters/files/parse-config.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';

const ACCOUNT = { name: 'grok-1', provider: 'xai' };
const withAccount = (change: Record<string, unknown>) => parseConfig({ accounts: [{ ...ACCOUNT, ...change }] });

/** The example of contracts.md. */
const CONTRACT = {
  schema: 1,
  accounts: [
    {
      name: 'grok-1',
      provider: 'xai',
      apiKeyEnv: 'GROK_API_KEY',
      baseURL: null,
      quotaGroup: 'team-a',
      enabled: true,
      weight: 1,
      budget: { perDayUSD: 5, perMonthUSD: 50 },
      models: { simple: 'a', medium: 'b', complex: 'c' },
    },
  ],
  quotaGroups: {
    'team-a': {
      requestsPerMinute: 60,
      burst: 2,
      tokensPerMinute: 100_000,
      inputTokensPerMinute: null,
      outputTokensPerMinute: null,
      requestsPerDay: 10_000,
      dayResets: '00:00Z',
      concurrent: 8,
      perModel: { 'grok-4': { requestsPerMinute: 30 } },
    },
  },
  loadBalancing: 'least-loaded',
  strategy: 'parallel',
  engine: {
    maxParallelAgents: 7,
    globalTimeoutMs: 1_000,
    contextStrategy: 'isolated',
    pruningThreshold: 2_000,
    enableCommunication: false,
    maxSubTasks: 9,
    maxDepth: 2,
    maxTasks: 30,
  },
  budget: { perRunUSD: 2, perDayUSD: null, perRunTokens: 100, allowUnknownPrices: true },
  prices: { 'xai/grok-4': { inputPerMTok: 3, outputPerMTok: 15 } },
  tracing: { level: 'info', destinations: [] },
};

describe('parseConfig', () => {
  it('takes the example of the contract as it stands', () => {
    const { config, problems, notices } = parseConfig(CONTRACT);
    const { schema: _, tracing, ...rest } = CONTRACT;
    const expected = {
      ...rest,
      tracing: { ...tracing, content: false },
      history: { keepDays: null, memory: false },
      guardrails: {},
    };
    assert.deepEqual([config, problems, notices], [expected, [], []]);
  });

  it('reads where traces go, a preset also by its name alone', () => {
    const { config, problems } = parseConfig({
      tracing: {
        level: 'error',
        content: true,
        destinations: [
          ...['logfire', { type: 'logfire', region: 'eu', keyEnv: 'MY_TOKEN' }, 'agentops'],
          { type: 'otlp', endpoint: 'http://localhost:4318/v1/traces', headersEnv: { 'x-api-key': 'MY_KEY' } },
          { type: 'jsonl', file: '~/traces.jsonl' },
        ],
      },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(config.tracing, {
      level: 'error',
      content: true,
      destinations: [
        { type: 'logfire', region: 'us', keyEnv: 'LOGFIRE_TOKEN' },
        { type: 'logfire', region: 'eu', keyEnv: 'MY_TOKEN' },
        { type: 'agentops', keyEnv: 'AGENTOPS_API_KEY' },
        { type: 'otlp', endpoint: 'http://localhost:4318/v1/traces', headersEnv: { 'x-api-key': 'MY_KEY' } },
        { type: 'jsonl', file: '~/traces.jsonl' },
      ],
    });
  });

  it('sends no trace where something about tracing is wrong', () => {
    for (const destination of [
      { type: 'otlp', endpoint: 'http://evil.host/v1/traces' },
      { type: 'otlp', endpoint: 'https://user:secret@host/v1/traces' },
      { type: 'otlp', endpoint: 'https://host', headersEnv: { 'x-key': 'sk-not a variable' } },
      'datadog',
      7,
    ]) {
      const { config, problems } = parseConfig({ tracing: { destinations: ['logfire', destination] } });
      assert.deepEqual(config.tracing.destinations, []);
      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.match(problems[0] ?? '', /^tracing\.destinations/);
      assert.doesNotMatch(problems.join(), /secret|sk-not/);
    }
  });

  it('fills in the defaults', () => {
    assert.deepEqual(parseConfig({}).config, DEFAULT_CONFIG);
    const { config } = parseConfig({ engine: { maxSubTasks: 2 }, budget: { perRunUSD: null } });
    assert.deepEqual(config.engine, { ...DEFAULT_CONFIG.engine, maxSubTasks: 2 });
    assert.deepEqual(config.budget, { ...DEFAULT_CONFIG.budget, perRunUSD: null });
    assert.deepEqual(withAccount({ apiKeyEnv: undefined }).config.accounts, [
      {
        ...ACCOUNT,
        apiKeyEnv: null,
        baseURL: null,
        quotaGroup: 'grok-1',
        enabled: true,
        weight: 1,
        budget: { perDayUSD: null, perMonthUSD: null },
        models: {},
      },
    ]);
  });

  it('starts xai at 60 requests per minute unless its group is configured', () => {
    assert.equal(withAccount({}).config.quotaGroups['grok-1']?.requestsPerMinute, 60);
    const configured = parseConfig({
      accounts: [{ ...ACCOUNT, quotaGroup: 'team' }],
      quotaGroups: { team: { requestsPerMinute: 5 } },
    });
    assert.deepEqual(Object.keys(configured.config.quotaGroups), ['team']);
    assert.equal(configured.config.quotaGroups.team?.requestsPerMinute, 5);
    assert.deepEqual(withAccount({ provider: 'openai' }).config.quotaGroups, {});
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no object', [], /^config: must be a JSON object/],
    ['another schema', { schema: 2 }, /^schema: must be 1/],
    ['accounts that are no list', { accounts: {} }, /^accounts: must be a list/],
    ['an account without name', { accounts: [{ provider: 'xai' }] }, /^accounts\[0\]\.name: /],
    [
      'a name with odd characters',
      { accounts: [{ ...ACCOUNT, name: 'a b' }] },
      /^accounts\[0\]\.name: must be 1 to 64/,
    ],
    [
      'a provider with a typing mistake',
      { accounts: [{ ...ACCOUNT, provider: 'antropic' }] },
      /^accounts\[0\]\.provider: .*did you mean "anthropic"/,
    ],
    ['a provider of the wrong type', { accounts: [{ ...ACCOUNT, provider: 5 }] }, /^accounts\[0\]\.provider: /],
    ['a name used twice', { accounts: [ACCOUNT, ACCOUNT] }, /^accounts\[1\]\.name: "grok-1" is the name of another/],
    [
      'http to another machine',
      { accounts: [{ ...ACCOUNT, baseURL: 'http://evil.host/v1' }] },
      /^accounts\[0\]\.baseURL: /,
    ],
    [
      'a compatible server without address',
      { accounts: [{ name: 'x', provider: 'openai-compatible' }] },
      /^accounts\[0\]\.baseURL: is needed/,
    ],
    ['a negative weight', { accounts: [{ ...ACCOUNT, weight: -1 }] }, /^accounts\[0\]\.weight: /],
    [
      'a model of the wrong type',
      { accounts: [{ ...ACCOUNT, models: { simple: 3 } }] },
      /^accounts\[0\]\.models\.simple: must be of type string/,
    ],
    ['a strategy that does not exist', { strategy: 'fast' }, /^strategy: must be one of "parallel"/],
    ['too many agents', { engine: { maxParallelAgents: 51 } }, /^engine\.maxParallelAgents: /],
    ['half an agent', { engine: { maxParallelAgents: 1.5 } }, /^engine\.maxParallelAgents: must be a whole number/],
    ['an infinite budget', { budget: { perRunUSD: Number.POSITIVE_INFINITY } }, /^budget\.perRunUSD: /],
    ['a budget that is text', { budget: { perRunUSD: '1' } }, /^budget\.perRunUSD: /],
    ['a price without vendor', { prices: { 'grok-4': { inputPerMTok: 1, outputPerMTok: 1 } } }, /^prices\.grok-4: /],
    ...(
      [
        ['requestsPerMinute', 0],
        ['requestsPerMinute', -1],
        ['requestsPerMinute', Number.NaN],
        ['requestsPerMinute', '60'],
        ['burst', 0],
        ['burst', 1.5],
        ['tokensPerMinute', -5],
        ['inputTokensPerMinute', Number.POSITIVE_INFINITY],
        ['outputTokensPerMinute', []],
        ['requestsPerDay', 0],
        ['concurrent', 0],
        ['concurrent', 2.5],
        ['perModel', { m: { requestsPerMinute: 0 } }],
        ['requestsPerMinute', 1e300],
        ['requestsPerMinute', 1e-300],
        ['concurrent', 1e15],
        ['perModel', { m: { requestsPerMinute: 1e99 } }],
      ] as const
    ).map(([field, value]): [string, object, RegExp] => [
      `a limit that makes no sense: ${field} ${JSON.stringify(value)}`,
      { quotaGroups: { a: { [field]: value } } },
      new RegExp(`^quotaGroups\\.a\\.${field}`),
    ]),
    ['a budget beyond all money', { budget: { perRunUSD: 1e300 } }, /^budget\.perRunUSD: /],
    [
      'a budget of an account that is negative',
      { accounts: [{ ...ACCOUNT, budget: { perDayUSD: -1 } }] },
      /^accounts\[0\]\.budget\.perDayUSD: /,
    ],
    [
      'a negative price',
      { prices: { 'xai/grok-4': { inputPerMTok: -1, outputPerMTok: 1 } } },
      /^prices\.xai\/grok-4\.inputPerMTok: /,
    ],
    [
      'an address with a password',
      { accounts: [{ ...ACCOUNT, baseURL: 'https://me:secret@host/v1' }] },
      /^accounts\[0\](\.baseURL)?: /,
    ],
    ['an address that is none', { accounts: [{ ...ACCOUNT, baseURL: 'host/v1' }] }, /^accounts\[0\]\.baseURL: /],
    ['a negative threshold', { budget: { askAboveUSD: -1 } }, /^budget\.askAboveUSD: /],
    ['half a token', { budget: { perDayTokens: 0.5 } }, /^budget\.perDayTokens: must be a whole number/],
    [
      'a reset time that is none',
      { quotaGroups: { a: { dayResets: '24:00Z' } } },
      /^quotaGroups\.a\.dayResets: must be a time/,
    ],
  ];
  for (const [name, input, message] of wrong) {
    it(`names the field of ${name}`, () => {
      const { problems } = parseConfig(input);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', message);
    });
  }

  it('leaves out what is wrong and keeps the rest', () => {
    const { config, problems } = parseConfig({
      accounts: [
        { ...ACCOUNT, weight: 'x' },
        { ...ACCOUNT, name: 'b' },
      ],
      strategy: 'no',
      engine: { maxSubTasks: 2 },
    });
    assert.deepEqual(
      config.accounts.map(({ name }) => name),
      ['b'],
    );
    assert.deepEqual([config.strategy, config.engine.maxSubTasks, problems.length], ['adaptive', 2, 2]);
  });

  it('names fields that it does not know, and the nearest that it does', () => {
    const { problems, notices } = parseConfig({
      accounts: [{ ...ACCOUNT, baseUrl: 'x' }],
      budget: { perRunUsd: 5 },
      stratgy: 'parallel',
      quotaGroups: { a: { bursts: 2 } },
    });
    assert.deepEqual(problems, []);
    assert.equal(notices.length, 4);
    assert.match(
      notices.join('\n'),
      /stratgy is not known.*"strategy"[\s\S]*baseUrl .*"baseURL"|baseUrl .*"baseURL"[\s\S]*stratgy/,
    );
    assert.match(notices.join('\n'), /budget\.perRunUsd .*"perRunUSD"/);
    assert.match(notices.join('\n'), /quotaGroups\.a\.bursts .*"burst"/);
  });

  const key = ['xai', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY'].join('-');
  const leaks = [
    { apiKey: 'anything' },
    { api_key: 'anything' },
    { key: 'anything' },
    { secret: 'x' },
    { apiKeyEnv: key },
    { models: {}, baseURL: `https://u:${key}@host` },
  ];
  for (const leak of leaks) {
    it(`refuses an account with a key in ${Object.keys(leak).at(-1)}, without repeating it`, () => {
      const { config, problems, keys } = withAccount(leak);
      assert.deepEqual(config.accounts, []);
      assert.equal(problems.length, 1);
      assert.equal(keys.length, 1);
      assert.match(problems[0] ?? '', /holds a key.*apiKeyEnv/);
      assert.ok(!JSON.stringify([config, problems]).includes(key) && !problems[0]?.includes('anything'));
    });
  }

  it('never throws, and never takes over more than it knows', () => {
    const anything = fc.jsonValue();
    const sections = fc.record(
      {
        accounts: fc.oneof(
          fc.array(fc.record({ name: anything, provider: fc.oneof(fc.constant('xai'), anything), models: anything })),
          anything,
        ),
        quotaGroups: anything,
        engine: anything,
        budget: anything,
        prices: anything,
        strategy: anything,
        ['__proto__']: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, sections), (input) => {
        const { config } = parseConfig(input);
        assert.deepEqual(Object.keys(config).sort(), Object.keys(DEFAULT_CONFIG).sort());
        assert.deepEqual(Object.keys(config.engine).sort(), Object.keys(DEFAULT_CONFIG.engine).sort());
      }),
    );
  });

  describe('guardrails', () => {
    const parse = (guardrails: unknown) => parseConfig({ guardrails });

    it('are taken by the name of the agent and for all', () => {
      const all = { output: { forbiddenPaths: ['infra/'], actions: { forbiddenPaths: 'warn' } } };
      const coder = {
        input: { maxLength: 1_000 },
        output: {
          minLength: 1,
          mustMatch: ['^#'],
          mustNotMatch: ['TODO'],
          schema: { type: 'object' },
          prompt: 'Be kind.',
        },
      };
      const { config, problems, notices } = parse({ '*': all, coder });
      assert.deepEqual([problems, notices], [[], []]);
      assert.deepEqual(config.guardrails, { '*': [all], coder: [coder] });
    });

    const wrong: Readonly<Record<string, readonly [unknown, RegExp]>> = {
      'no object': [[], /^guardrails: must be of type object\.$/],
      'an agent without rules': [{ coder: 'strict' }, /^guardrails\.coder: must be of type object\.$/],
      'a pattern that is none': [
        { coder: { output: { mustMatch: ['('] } } },
        /^guardrails\.coder\.output\.mustMatch\[0\]: is no regular expression/,
      ],
      'a schema that is none': [
        { coder: { output: { schema: { type: 'thing' } } } },
        /^guardrails\.coder\.output\.schema: is no JSON Schema/,
      ],
      'an input to be repaired': [
        { coder: { input: { actions: { length: 'repair' } } } },
        /^guardrails\.coder\.input\.actions\.length: must be one of "refuse", "warn"\.$/,
      ],
      'no length at all': [
        { coder: { output: { minLength: 5, maxLength: 4 } } },
        /^guardrails\.coder\.output\.minLength: must not be above maxLength\.$/,
      ],
    };
    for (const [what, [given, says]] of Object.entries(wrong)) {
      it(`that are wrong (${what}) are named, and those of others hold`, () => {
        const others = { '*': { output: { maxLength: 9 } } };
        const { config, problems } = parse(Array.isArray(given) ? given : { ...others, ...(given as object) });
        assert.equal(problems.length, 1);
        assert.match(problems.join(), says);
        assert.deepEqual(config.guardrails, Array.isArray(given) ? {} : { '*': [{ output: { maxLength: 9 } }] });
      });
    }

    it('of an agent or a rule that there is not are told with the nearest name', () => {
      const { notices, problems } = parse({ codr: { output: { maxLenght: 9 } } });
      assert.deepEqual(problems, []);
      assert.match(notices.join('\n'), /guardrails\.codr: no agent has this name \(did you mean "coder"\?\)/);
      assert.match(notices.join('\n'), /guardrails\.codr\.output\.maxLenght is not known .*did you mean "maxLength"\?/);
    });
  });
});
