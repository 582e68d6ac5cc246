import assert from 'node:assert/strict';
import {
  FIRST_SIGN_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  THINKING_TIMEOUT_MS,
  TOTAL_TIMEOUT_MS,
} from '../../../../src/core/accounts/silence-watch.ts';
import { streamAttempt } from '../../../../src/core/accounts/stream-attempt.ts';
import type { CacheWrites, ProviderCall, StreamPart, TokenUsage } from '../../../../src/core/model.ts';
import type { ModelProvider } from '../../../../src/core/ports.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';

const CALL: ProviderCall = {
  model: 'm',
  messages: [{ role: 'user', content: 'x'.repeat(400) }],
  maxTokens: 100,
  temperature: null,
  responseSchema: null,
  cacheKey: 'k',
};

const TOOL_CALL = { id: '1', name: 'look', arguments: '{"at":"a"}' };

function start(provider: ModelProvider, signal = new AbortController().signal) {
  const clock = new FakeClock();
  const shown: string[] = [];
  const done = streamAttempt(provider, CALL, {
    vendor: 'openai',
    signal,
    clock,
    onText: (text) => shown.push(text),
    onLimits: () => undefined,
  });
  return { clock, shown, done };
}

function attemptOf(parts: readonly StreamPart[], capabilities = {}) {
  return start(new FakeProvider(() => parts, capabilities)).done;
}

/** A provider that says something alive every so many ms and never ends. */
function dripping(clock: FakeClock, everyMs: number): ModelProvider {
  const fake = new FakeProvider(() => []);
  return {
    capabilities: fake.capabilities,
    listModels: () => fake.listModels(),
    async *stream(_call, signal, onAlive) {
      for (;;) {
        await clock.sleep(everyMs, signal);
        onAlive?.();
        if (signal.aborted) yield { type: 'text', text: '' };
      }
    },
  };
}

describe('streamAttempt', () => {
  it('gives text, tools, usage and the model of a whole answer', async () => {
    const { shown, done } = start(
      new FakeProvider(() => [
        { type: 'text', text: 'Let me ' },
        { type: 'tool-call', call: TOOL_CALL },
        { type: 'text', text: 'look.' },
        { type: 'usage', usage: usageOf({ input: 9, output: 8 }), costUSD: 0.5 },
        { type: 'finish', reason: 'tool-calls', model: 'm-2' },
      ]),
    );
    const { status, text, toolCalls, finishReason, model, reportedCostUSD } = await done;
    assert.deepEqual(
      { status, text, toolCalls, finishReason, model, reportedCostUSD },
      {
        status: 'completed',
        text: 'Let me look.',
        toolCalls: [TOOL_CALL],
        finishReason: 'tool-calls',
        model: 'm-2',
        reportedCostUSD: 0.5,
      },
    );
    assert.deepEqual(shown, ['Let me ', 'look.']);
  });

  it('calls what ends without its end mark cut, and takes no tools from it', async () => {
    const cut = await attemptOf([
      { type: 'text', text: 'half' },
      { type: 'tool-call', call: TOOL_CALL },
    ]);
    assert.deepEqual([cut.status, cut.text, cut.toolCalls, cut.failure?.cause], ['cut', 'half', [], 'cut-stream']);
    const whole = await attemptOf([{ type: 'text', text: 'all' }], { reportsFinish: false });
    assert.deepEqual([whole.status, whole.text], ['completed', 'all']);
  });

  for (const [what, usage] of [
    ['missing', { input: Number.NaN, output: Number.NaN }],
    ['negative', { input: -5, output: 3 }],
    ['infinite', { input: 5, output: Number.POSITIVE_INFINITY }],
    ['larger than anything', { input: 5, output: 1e12 }],
    ['nothing, for a text', { input: 0, output: 0 }],
  ] as const) {
    it(`estimates usage that is ${what}, and says so`, async () => {
      const parts = answer('a text of some length', usage);
      const got = (await attemptOf(parts)).usage;
      assert.deepEqual(got, { input: 108, output: 6, cached: 0, reasoning: 0, estimated: true });
    });
  }

  it('takes parts of usage for no more than their whole, and a senseless price for none', async () => {
    const parts: StreamPart[] = [
      { type: 'text', text: 'x' },
      { type: 'usage', usage: usageOf({ input: 5, output: 3, cached: 9, reasoning: -1 }), costUSD: -1 },
      { type: 'finish', reason: 'stop', model: null },
    ];
    const got = await attemptOf(parts);
    assert.deepEqual(got.usage, usageOf({ input: 5, output: 3, cached: 5, reasoning: 0 }));
    assert.equal(got.reportedCostUSD, null);
  });

  it('takes no more for written to a prompt cache than was sent and not read from it', async () => {
    const writesOf = async (cacheWrites: CacheWrites, usage = usageOf({ input: 50, output: 3, cached: 10 })) => {
      const parts: StreamPart[] = [
        { type: 'text', text: 'x' },
        { type: 'usage', usage, cacheWrites },
        { type: 'finish', reason: 'stop', model: null },
      ];
      return (await attemptOf(parts)).cacheWrites;
    };
    assert.deepEqual(await writesOf({ short: 20, long: 20 }), { short: 20, long: 20 });
    assert.deepEqual(await writesOf({ short: 30, long: 1e12 }), { short: 30, long: 10 });
    assert.deepEqual(await writesOf({ short: -1, long: Number.NaN }), { short: 0, long: 0 });
    const nonsense = usageOf({ input: Number.NaN, output: 3 });
    assert.deepEqual(await writesOf({ short: 20, long: 20 }, nonsense), { short: 0, long: 0 });
  });

  it('passes a failure on, with no tokens where nothing was billed', async () => {
    const got = await attemptOf(failure('rate-limited'));
    assert.deepEqual([got.status, got.failure?.cause, got.usage.input], ['failed', 'rate-limited', 0]);
  });

  for (const [how, firstSignMs, waitMs] of [
    ['after two minutes', undefined, FIRST_SIGN_TIMEOUT_MS],
    ['after as long as a provider needs that has to load its model', 300_000, 300_000],
  ] as const) {
    it(`gives up without a first sign ${how}`, async () => {
      const hangs = new FakeProvider((_call, _count, signal) => hang(signal), firstSignMs ? { firstSignMs } : {});
      const { clock, done } = start(hangs);
      let over = false;
      void done.then(() => {
        over = true;
      });
      await clock.advance(waitMs - 1);
      assert.equal(over, false);
      await clock.advance(1);
      assert.equal((await done).failure?.cause, 'timeout');
      assert.equal(hangs.inFlight, 0);
    });
  }

  it('gives up an answer that falls silent', async () => {
    async function* begun(signal: AbortSignal): AsyncGenerator<StreamPart> {
      yield { type: 'text', text: 'half' };
      yield* hang(signal);
    }
    const { clock, done } = start(new FakeProvider((_call, _count, signal) => begun(signal)));
    await clock.advance(IDLE_TIMEOUT_MS);
    const got = await done;
    assert.deepEqual([got.status, got.text, got.failure?.cause], ['failed', 'half', 'timeout']);
    assert.match(got.failure?.message ?? '', /fell silent/);
  });

  it('lets a model think longer than it lets it pause', async () => {
    const clock = new FakeClock();
    const fake = new FakeProvider(() => []);
    const thinking: ModelProvider = {
      capabilities: fake.capabilities,
      listModels: () => fake.listModels(),
      async *stream(_call, signal, onAlive) {
        onAlive?.();
        await clock.sleep(THINKING_TIMEOUT_MS - 1, signal);
        yield* answer('thought over');
      },
    };
    const { signal } = new AbortController();
    const listeners = { onText: () => undefined, onLimits: () => undefined };
    const done = streamAttempt(thinking, CALL, { signal, clock, vendor: 'openai', ...listeners });
    await clock.advance(THINKING_TIMEOUT_MS);
    assert.equal((await done).status, 'completed');
  });

  it('waits for what shows signs of life, but not for ever', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const done = streamAttempt(dripping(clock, 30_000), CALL, {
      vendor: 'openai',
      signal,
      clock,
      onText: () => undefined,
      onLimits: () => undefined,
    });
    let over = false;
    void done.then(() => {
      over = true;
    });
    await clock.advance(TOTAL_TIMEOUT_MS - 1);
    assert.equal(over, false);
    await clock.advance(1);
    const got = await done;
    assert.equal(got.failure?.cause, 'timeout');
    assert.match(got.failure?.message ?? '', /did not end within 15 minutes/);
  });

  it('rejects with the reason of its signal, also where the provider ignores it', async () => {
    const controller = new AbortController();
    const deaf: ModelProvider = {
      ...new FakeProvider(() => []),
      capabilities: new FakeProvider(() => []).capabilities,
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
      listModels: () => Promise.reject(new Error('not asked')),
    };
    const { done } = start(deaf, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(done, (error) => error === reason);
  });

  it('ends an answer that asks for tools without end', async () => {
    function* endless(): Generator<StreamPart> {
      for (;;) yield { type: 'tool-call', call: TOOL_CALL };
    }
    const { done } = start(new FakeProvider(() => endless()));
    assert.equal((await done).failure?.cause, 'invalid-response');
  });
});

function usageOf(some: Partial<TokenUsage>): TokenUsage {
  return { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false, ...some };
}

async function* hang(signal: AbortSignal): AsyncGenerator<StreamPart> {
  await new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}
