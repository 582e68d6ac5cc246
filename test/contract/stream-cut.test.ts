import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { StreamPart, ToolCall } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { type AnswerBody, withAnswers } from '../support/fake-fetch.ts';
import { FakeProvider } from '../support/fake-provider.ts';
import { account, poolOf, request } from '../support/pool-fixture.ts';
import { answerOf, fileOf, providerOf, RECORDED, TEXT, type Vendor } from '../support/recorded-answers.ts';

/** Recorded streams that end whole, and what they say. */
const STREAMS = ['answer', 'tools', 'reasoning'] as const;

/** What the second account asks for, other than any recorded answer does. */
const OTHER_CALL: ToolCall = { id: 'other', name: 'look_elsewhere', arguments: '{}' };

for (const vendor of Object.keys(RECORDED) as Vendor[]) {
  for (const stream of STREAMS) {
    // Not every vendor shows that its models think.
    if (!fs.existsSync(fileOf(vendor, stream))) continue;
    describe(`recorded ${stream} of ${vendor}`, () => {
      for (const broken of [false, true]) {
        it(`cut at any byte, ${broken ? 'broken off' : 'ended cleanly'}: never complete, never doubled`, async function () {
          this.timeout(120_000);
          const { bytes } = answerOf(vendor, stream);
          const provider = await providerOf(vendor);
          const wholeFrom = endOfStream(bytes, vendor);
          const { outcome: whole } = await callTwice(provider, { bytes, broken: false }, '');
          assert.ok('text' in whole && whole.attempts.length === 1, 'whole');
          for (let cut = 0; cut <= bytes.length; cut++) {
            const { outcome, shown } = await callTwice(provider, { bytes: bytes.subarray(0, cut), broken }, whole.text);
            assert.equal(outcome.status, 'completed');
            assert.equal('text' in outcome && outcome.text, whole.text, `answered after a cut at ${cut}`);
            assert.equal(shown, whole.text, `shown after a cut at ${cut}`);
            const first = outcome.attempts[0]?.outcome;
            if (cut < wholeFrom) assert.notEqual(first, 'completed', `first attempt cut at ${cut} of ${wholeFrom}`);
            else if (cut > wholeFrom + 4) assert.equal(first, 'completed', `first attempt cut at ${cut}`);
            // Calls of a broken answer are gone; a whole one has all of its own.
            const calls = 'toolCalls' in outcome ? outcome.toolCalls : undefined;
            assert.deepEqual(calls, first === 'completed' ? whole.toolCalls : [OTHER_CALL], `tools, cut at ${cut}`);
          }
        });
      }
    });
  }
}

describe('recorded answers', () => {
  it('say what they were recorded to say', async () => {
    const { outcome } = await callTwice(await providerOf('openai'), answerOf('openai', 'answer'), '');
    assert.equal('text' in outcome && outcome.text, TEXT);
  });
});

/** Bytes of a stream up to the end of what makes it whole. */
function endOfStream(bytes: Uint8Array, vendor: Vendor): number {
  const { endMark, extension } = RECORDED[vendor];
  // Answers that ask for tools have another finish reason.
  const mark = endMark.startsWith('"finish_reason"') ? '"finish_reason":"' : endMark;
  const text = Buffer.from(bytes);
  const at = text.lastIndexOf(mark);
  assert.ok(at > 0, `no ${mark}`);
  const lineEnd = text.indexOf('\n', at);
  // The vendor may add fields after the mark; the event is whole with its last brace.
  return extension === 'ndjson' ? lineEnd : text.lastIndexOf('}', lineEnd) + 1;
}

/** One call through a pool of an account that answers so, and another that says `text` and asks for a tool of its own. */
async function callTwice(provider: ModelProvider, body: AnswerBody, text: string) {
  const parts: StreamPart[] = [
    { type: 'text', text },
    { type: 'tool-call', call: OTHER_CALL },
    { type: 'finish', reason: 'stop', model: null },
  ];
  const { pool } = poolOf({
    providers: {},
    accounts: [account('a'), account('b')],
    overrides: { providerFor: async ({ name }) => (name === 'a' ? provider : new FakeProvider(() => parts)) },
  });
  let shown = '';
  const onText = (more: string, reset: boolean) => {
    shown = reset ? more : shown + more;
  };
  const outcome = await withAnswers([body], () => pool.call(request(), { onText }));
  return { outcome, shown };
}
