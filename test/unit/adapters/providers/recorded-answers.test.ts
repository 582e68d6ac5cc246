import assert from 'node:assert/strict';
import fs from 'node:fs';
import { VENDORS } from '../../../../src/adapters/providers/catalogue.ts';
import { streamAttempt } from '../../../../src/core/accounts/stream-attempt.ts';
import type { FailureCause, ProviderCall, ProviderId, TokenUsage, ToolCall } from '../../../../src/core/model.ts';
import type { ModelProvider } from '../../../../src/core/ports.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { type AnswerBody, withAnswers } from '../../../support/fake-fetch.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account, poolOf, request } from '../../../support/pool-fixture.ts';

const FOLDER = new URL('../../../fixtures/providers/', import.meta.url);
const TEXT = 'Grüße, Küche 🍳.';

/** An entry of errors.json. */
interface RecordedError {
  readonly case: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly cause: FailureCause;
  readonly retryAfterMs?: number;
}

/** What is known of a vendor's recorded answers. */
interface Recorded {
  readonly extension: 'sse' | 'ndjson';
  readonly usage: Omit<TokenUsage, 'estimated'>;
  readonly costUSD?: number;
  readonly model: string;
  /** The beginning of the event that makes the answer whole. */
  readonly endMark: string;
  /** What is said beside the tool calls. */
  readonly said: string;
  readonly toolIds: readonly [string, string];
}

const CHUNK_END = '"finish_reason":"stop"';

const RECORDED = {
  openai: {
    extension: 'sse',
    usage: { input: 2006, output: 300, cached: 1920, reasoning: 192 },
    model: 'gpt-5-mini-2025-08-07',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call_a1', 'call_b2'],
  },
  xai: {
    extension: 'sse',
    usage: { input: 32, output: 103, cached: 6, reasoning: 94 },
    costUSD: 0.001645,
    model: 'grok-4-0709',
    endMark: CHUNK_END,
    said: 'I look.',
    toolIds: ['call_11', 'call_12'],
  },
  gemini: {
    extension: 'sse',
    usage: { input: 14, output: 52, cached: 0, reasoning: 43 },
    model: 'gemini-2.5-flash',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['function-call-1', 'function-call-2'],
  },
  openrouter: {
    extension: 'sse',
    usage: { input: 40, output: 30, cached: 16, reasoning: 12 },
    costUSD: 0.00014,
    model: 'openai/gpt-5-mini',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call_x', 'call_y'],
  },
  groq: {
    extension: 'sse',
    usage: { input: 50, output: 22, cached: 32, reasoning: 8 },
    model: 'openai/gpt-oss-20b',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['fc_1', 'fc_2'],
  },
  'openai-compatible': {
    extension: 'sse',
    usage: { input: 20, output: 9, cached: 0, reasoning: 0 },
    model: 'local.gguf',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call-1', 'call-2'],
  },
  anthropic: {
    extension: 'sse',
    usage: { input: 1925, output: 27, cached: 1800, reasoning: 12 },
    model: 'claude-sonnet-4-6',
    endMark: '"type":"message_stop"',
    said: 'I look.',
    toolIds: ['toolu_1', 'toolu_2'],
  },
  ollama: {
    extension: 'ndjson',
    usage: { input: 26, output: 28, cached: 0, reasoning: 0 },
    model: 'llama3.2',
    endMark: '"done":true',
    said: 'I look.',
    toolIds: ['call-1', 'call_q'],
  },
} as const satisfies Partial<Record<ProviderId, Recorded>>;

type Vendor = keyof typeof RECORDED;

const CALL: ProviderCall = {
  model: 'm',
  messages: [{ role: 'user', content: 'Go.' }],
  maxTokens: 99,
  temperature: null,
  responseSchema: { name: 'thing', schema: { type: 'object', properties: {}, additionalProperties: false } },
  cacheKey: 'k',
};

function read(vendor: Vendor, name: string): Buffer {
  return fs.readFileSync(new URL(`${vendor}/${name}`, FOLDER));
}

function providerOf(vendor: Vendor): Promise<ModelProvider> {
  return VENDORS[vendor].create({
    account: account('one', { provider: vendor, baseURL: 'http://127.0.0.1:9/v1' }),
    key: 'sk-test-key',
  });
}

function answerOf(vendor: Vendor, name: string): AnswerBody {
  return { bytes: read(vendor, `${name}.${RECORDED[vendor].extension}`), broken: false };
}

async function attempt(vendor: Vendor, body: AnswerBody | Response) {
  const provider = await providerOf(vendor);
  let shown = '';
  const options = {
    signal: new AbortController().signal,
    clock: new FakeClock(),
    onText: (text: string) => {
      shown += text;
    },
  };
  const answer = await withAnswers([body], () => streamAttempt(provider, CALL, options));
  return { ...answer, shown };
}

for (const vendor of Object.keys(RECORDED) as Vendor[]) {
  const known: Recorded = RECORDED[vendor];

  describe(`recorded answers of ${vendor}`, () => {
    it('an answer with its usage by the rules of the vendor', async () => {
      const got = await attempt(vendor, answerOf(vendor, 'answer'));
      assert.deepEqual([got.status, got.text, got.finishReason], ['completed', TEXT, 'stop']);
      assert.deepEqual(got.usage, { ...known.usage, estimated: false });
      assert.equal(got.reportedCostUSD, known.costUSD ?? null);
      assert.equal(got.model, known.model);
    });

    it('an answer that asks for tools', async () => {
      const got = await attempt(vendor, answerOf(vendor, 'tools'));
      assert.deepEqual([got.status, got.text, got.finishReason], ['completed', known.said, 'tool-calls']);
      const calls = got.toolCalls.map(({ id, name, arguments: text }: ToolCall) => [id, name, JSON.parse(text)]);
      const [first, second] = known.toolIds;
      assert.deepEqual(calls, [
        [first, 'read_file', { path: 'a.ts' }],
        [second, 'list_files', {}],
      ]);
    });

    for (const error of JSON.parse(read(vendor, 'errors.json').toString()) as RecordedError[]) {
      it(`HTTP ${error.status}, ${error.case}: ${error.cause}`, async () => {
        const isText = typeof error.body === 'string';
        const headers = { 'content-type': isText ? 'text/plain' : 'application/json', ...error.headers };
        const text = isText ? String(error.body) : JSON.stringify(error.body);
        const got = await attempt(vendor, new Response(text, { status: error.status, headers }));
        assert.equal(got.status, 'failed');
        assert.equal(got.failure?.cause, error.cause, got.failure?.message);
        assert.equal(got.failure?.retryAfterMs, error.retryAfterMs ?? null);
        assert.ok((got.failure?.message.length ?? 0) > 20, got.failure?.message);
      });
    }

    for (const broken of [false, true]) {
      it(`cut at any byte, ${broken ? 'broken off' : 'ended cleanly'}: never complete, never doubled`, async function () {
        this.timeout(120_000);
        const { bytes } = answerOf(vendor, 'answer');
        const provider = await providerOf(vendor);
        const wholeFrom = endOfEvent(bytes, known.endMark);
        for (let cut = 0; cut <= bytes.length; cut++) {
          const { outcome, shown } = await callTwice(provider, { bytes: bytes.subarray(0, cut), broken });
          assert.equal(outcome.status, 'completed');
          assert.equal('text' in outcome && outcome.text, TEXT, `answered after a cut at ${cut}`);
          assert.equal(shown, TEXT, `shown after a cut at ${cut}`);
          const first = outcome.attempts[0]?.outcome;
          if (cut < wholeFrom) assert.notEqual(first, 'completed', `first attempt cut at ${cut} of ${wholeFrom}`);
          else if (cut > wholeFrom + 4) assert.equal(first, 'completed', `first attempt cut at ${cut}`);
        }
      });
    }
  });
}

/** Bytes of a stream up to the end of the line that holds the mark. */
function endOfEvent(bytes: Uint8Array, mark: string): number {
  const stream = Buffer.from(bytes);
  const at = stream.lastIndexOf(mark);
  assert.ok(at > 0, `no ${mark}`);
  return stream.indexOf('}', stream.indexOf('\n', at) - 2) + 1;
}

/** One call through a pool of an account that answers so, and another that gives the whole answer. */
async function callTwice(provider: ModelProvider, body: AnswerBody) {
  const { pool } = poolOf({
    providers: {},
    accounts: [account('a'), account('b')],
    overrides: { providerFor: async ({ name }) => (name === 'a' ? provider : new FakeProvider(() => answer(TEXT))) },
  });
  let shown = '';
  const onText = (text: string, reset: boolean) => {
    shown = reset ? text : shown + text;
  };
  const outcome = await withAnswers([body], () => pool.call(request(), { onText }));
  return { outcome, shown };
}

describe('recorded answers that break off or are refused', () => {
  for (const [vendor, name] of [
    ['openrouter', 'broken-off'],
    ['groq', 'broken-off'],
    ['anthropic', 'broken-off'],
    ['ollama', 'broken-off'],
  ] as const) {
    it(`${vendor}: an error in the middle of an answer fails it, and it may be billed`, async () => {
      const got = await attempt(vendor, answerOf(vendor, name));
      assert.deepEqual([got.status, got.text], ['failed', 'Grü']);
      assert.ok(got.failure?.cause === 'server-error' || got.failure?.cause === 'overloaded');
      assert.equal(got.failure.possiblyBilled, true);
    });
  }

  it('OpenAI: a refusal is no answer', async () => {
    const got = await attempt('openai', answerOf('openai', 'refusal'));
    assert.deepEqual([got.text, got.finishReason], ['', 'content-filter']);
  });

  it("Gemini: a filter's stop is told", async () => {
    const got = await attempt('gemini', answerOf('gemini', 'safety'));
    assert.deepEqual([got.text, got.finishReason], ['So ', 'content-filter']);
  });
});
