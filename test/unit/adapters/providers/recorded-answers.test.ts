import assert from 'node:assert/strict';
import { streamAttempt } from '../../../../src/core/accounts/stream-attempt.ts';
import type { ProviderCall, ToolCall } from '../../../../src/core/model.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { type AnswerBody, withAnswers } from '../../../support/fake-fetch.ts';
import {
  answerOf,
  providerOf,
  RECORDED,
  type Recorded,
  type RecordedError,
  read,
  TEXT,
  type Vendor,
} from '../../../support/recorded-answers.ts';

const CALL: ProviderCall = {
  model: 'm',
  messages: [{ role: 'user', content: 'Go.' }],
  maxTokens: 99,
  temperature: null,
  responseSchema: { name: 'thing', schema: { type: 'object', properties: {}, additionalProperties: false } },
  cacheKey: 'k',
};

async function attempt(vendor: Vendor, body: AnswerBody | Response) {
  const provider = await providerOf(vendor);
  let shown = '';
  const options = {
    signal: new AbortController().signal,
    clock: new FakeClock(),
    vendor: 'openai' as const,
    onText: (text: string) => {
      shown += text;
    },
    onLimits: () => undefined,
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
  });
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
