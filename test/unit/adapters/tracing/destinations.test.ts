import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { agentOpsHeaders } from '../../../../src/adapters/tracing/agentops.ts';
import { spanSinks } from '../../../../src/adapters/tracing/destinations.ts';
import { otlpSink } from '../../../../src/adapters/tracing/otlp-sink.ts';
import type { TracingConfig } from '../../../../src/core/config.ts';
import { type SpanRecord, spanIdOf, traceIdOf } from '../../../../src/core/tracing/span.ts';
import type { SpanSink } from '../../../../src/core/tracing/span-sink.ts';
import { type CollectorReply, ScriptedCollector } from '../../../support/scripted-collector.ts';

const RUN = '01JD000000000000000000000A';

const CALL: SpanRecord = {
  runId: RUN,
  spanId: spanIdOf(RUN, 'call', 'a', 1),
  parentId: spanIdOf(RUN, 'task', 'a'),
  kind: 'call',
  name: 'chat grok-4',
  instanceId: 'a',
  agent: 'coder',
  account: 'grok-1',
  model: 'xai/grok-4',
  status: 'error',
  errorType: 'timeout',
  startedAt: '2026-01-02T00:00:00.250Z',
  durationMs: 1_500,
  tokens: { input: 10, output: 5, cached: 0, reasoning: 0, estimated: false },
  costUSD: 0.001,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 10,
    'ensemble.cost.usd': 0.001,
    'gen_ai.request.stream': true,
    'gen_ai.response.finish_reasons': ['stop'],
  },
  events: [{ name: 'retry', at: '2026-01-02T00:00:01.000Z', attributes: { 'error.type': 'timeout' } }],
};

const FINE: SpanRecord = { ...CALL, spanId: spanIdOf(RUN, 'call', 'a', 2), status: 'ok', errorType: null };

/** Sleeps are over at once, and noted. */
function clockOf(slept: number[] = []) {
  return {
    sleep: async (ms: number) => {
      slept.push(ms);
    },
  };
}

const live = () => new AbortController().signal;

describe('tracing destinations', () => {
  let collector: ScriptedCollector;
  afterEach(() => collector?.stop());

  async function collectorWith(...replies: CollectorReply[]): Promise<ScriptedCollector> {
    collector = await ScriptedCollector.start((_request, count) => replies[count - 1] ?? { status: 200, body: {} });
    return collector;
  }

  function sinkFor(url: string, slept: number[] = []): SpanSink {
    const target = { name: 'collector', url, headers: async () => ({ 'x-key': 'k' }) };
    return otlpSink(target, '1.2.3', clockOf(slept));
  }

  it('sends OTLP in JSON as the protocol writes it', async () => {
    const { url } = await collectorWith();
    await sinkFor(`${url}/v1/traces`).export([CALL, { ...FINE, kind: 'run', parentId: null }], live());
    const [request] = collector.requests;
    assert.equal(request?.path, '/v1/traces');
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(request?.headers['x-key'], 'k');
    const [first, second] = collector.spans;
    assert.deepEqual(first, {
      traceId: traceIdOf(RUN),
      spanId: CALL.spanId,
      parentSpanId: CALL.parentId,
      name: 'chat grok-4',
      kind: 3,
      startTimeUnixNano: '1767312000250000000',
      endTimeUnixNano: '1767312001750000000',
      attributes: [
        { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '10' } },
        { key: 'ensemble.cost.usd', value: { doubleValue: 0.001 } },
        { key: 'gen_ai.request.stream', value: { boolValue: true } },
        { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
      ],
      events: [
        {
          name: 'retry',
          timeUnixNano: '1767312001000000000',
          attributes: [{ key: 'error.type', value: { stringValue: 'timeout' } }],
        },
      ],
      status: { code: 2, message: 'timeout' },
    });
    assert.equal(second?.kind, 1);
    assert.equal(second?.parentSpanId, undefined);
    assert.deepEqual(second?.status, { code: 1 });
    const { resourceSpans } = JSON.parse(request?.text ?? '') as {
      resourceSpans: { resource: { attributes: unknown } }[];
    };
    assert.deepEqual(resourceSpans[0]?.resource.attributes, [
      { key: 'service.name', value: { stringValue: 'ensemble' } },
      { key: 'service.version', value: { stringValue: '1.2.3' } },
    ]);
  });

  it('tries again where OTLP says so, as late as the endpoint asks, and not for ever', async () => {
    const slept: number[] = [];
    const { url } = await collectorWith({ status: 429, headers: { 'retry-after': '2' } }, { status: 503 });
    await sinkFor(url, slept).export([CALL], live());
    assert.deepEqual(slept, [2_000, 2_000]);
    assert.equal(collector.requests.length, 3);
    await collector.stop();
    const again = await collectorWith({ status: 503 }, { status: 503 }, { status: 503 });
    await assert.rejects(sinkFor(again.url).export([CALL], live()), /HTTP 503/);
    assert.equal(collector.requests.length, 3);
  });

  const refusals: readonly (readonly [string, CollectorReply, RegExp])[] = [
    ['a refused key', { status: 403 }, /refuses the key \(HTTP 403\)/],
    ['a bad request', { status: 400 }, /HTTP 400/],
    [
      'spans that were refused',
      { status: 200, body: { partialSuccess: { rejectedSpans: '1' } } },
      /refused 1 of 1 spans/,
    ],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, /cannot be reached/],
  ];
  for (const [name, reply, message] of refusals) {
    it(`says what is wrong: ${name}`, async () => {
      const { url } = await collectorWith(reply);
      await assert.rejects(sinkFor(url).export([CALL], live()), message);
      assert.equal(collector.requests.length, 1);
    });
  }

  it('stops when it is told to while the endpoint is silent', async () => {
    const { url } = await collectorWith('hang');
    const stop = new AbortController();
    const sent = sinkFor(url).export([CALL], stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(sent, /enough/);
  });

  it('asks AgentOps for a token once, and for another when it is refused', async () => {
    let tokens = 0;
    collector = await ScriptedCollector.start(({ path: asked, headers }) => {
      if (asked === '/token') return { status: 200, body: { token: `t${++tokens}`, project_id: 'p' } };
      return { status: headers.authorization === 'Bearer t1' && tokens === 1 ? 401 : 200, body: {} };
    });
    const headers = agentOpsHeaders(async () => 'the-key', `${collector.url}/token`);
    const sink = otlpSink({ name: 'AgentOps', url: `${collector.url}/v1/traces`, headers }, '1', clockOf());
    await sink.export([CALL], live());
    await sink.export([FINE], live());
    assert.deepEqual(
      collector.requests.map((request) => [request.path, request.headers.authorization]),
      [
        ['/token', undefined],
        ['/v1/traces', 'Bearer t1'],
        ['/token', undefined],
        ['/v1/traces', 'Bearer t2'],
        ['/v1/traces', 'Bearer t2'],
      ],
    );
    assert.deepEqual(JSON.parse(collector.requests[0]?.text ?? ''), { api_key: 'the-key' });
  });

  describe('by configuration', () => {
    let folder: string;
    beforeEach(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'ensemble-spans-'));
      await collectorWith();
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const sinksOf = (config: Partial<TracingConfig>, keys: Readonly<Record<string, string>> = {}) =>
      spanSinks(
        { level: 'info', content: false, destinations: [], ...config },
        { keyOf: async (variable) => keys[variable] ?? null, home: folder, version: '1', clock: clockOf() },
      );

    it('appends lines to a file that only its owner reads, below the home folder', async () => {
      const [sink] = sinksOf({ destinations: [{ type: 'jsonl', file: '~/traces/spans.jsonl' }] });
      await sink?.export([CALL], live());
      await sink?.export([FINE], live());
      const file = path.join(folder, 'traces', 'spans.jsonl');
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        [CALL, FINE].map((span) => ({ traceId: traceIdOf(RUN), ...span })),
      );
      if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    it('takes the values of headers from the environment, and says which variable is missing', async () => {
      const destinations = [
        { type: 'otlp' as const, endpoint: `${collector.url}/v1/traces`, headersEnv: { 'x-token': 'MY_TOKEN' } },
      ];
      await sinksOf({ destinations }, { MY_TOKEN: 'secret' })[0]?.export([CALL], live());
      assert.equal(collector.requests[0]?.headers['x-token'], 'secret');
      const [without] = sinksOf({ destinations });
      await assert.rejects(without?.export([CALL], live()) ?? Promise.resolve(), /the variable MY_TOKEN is not set/);
      assert.equal(collector.requests.length, 1);
    });

    it('sends only runs and errors at that level, and nothing when it is off', async () => {
      const destinations = [{ type: 'otlp' as const, endpoint: collector.url, headersEnv: {} }];
      const [errors] = sinksOf({ level: 'error', destinations });
      await errors?.export([CALL, FINE, { ...FINE, kind: 'run' }], live());
      await errors?.export([FINE], live());
      assert.equal(collector.requests.length, 1);
      assert.deepEqual(
        collector.spans.map(({ status }) => status.code),
        [2, 1],
      );
      assert.deepEqual(sinksOf({ level: 'off', destinations }), []);
    });

    it('knows Logfire and AgentOps by name', () => {
      const sinks = sinksOf({
        destinations: [
          { type: 'logfire', region: 'eu', keyEnv: 'LOGFIRE_TOKEN' },
          { type: 'agentops', keyEnv: 'AGENTOPS_API_KEY' },
        ],
      });
      assert.deepEqual(
        sinks.map(({ name }) => name),
        ['Logfire', 'AgentOps'],
      );
    });
  });
});
