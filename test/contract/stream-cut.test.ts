import assert from 'node:assert/strict';
import type { ModelProvider } from '../../src/core/ports.ts';
import { type AnswerBody, withAnswers } from '../support/fake-fetch.ts';
import { answer, FakeProvider } from '../support/fake-provider.ts';
import { account, poolOf, request } from '../support/pool-fixture.ts';
import { answerOf, providerOf, RECORDED, TEXT, type Vendor } from '../support/recorded-answers.ts';

for (const vendor of Object.keys(RECORDED) as Vendor[]) {
  describe(`recorded answer of ${vendor}`, () => {
    for (const broken of [false, true]) {
      it(`cut at any byte, ${broken ? 'broken off' : 'ended cleanly'}: never complete, never doubled`, async function () {
        this.timeout(120_000);
        const { bytes } = answerOf(vendor, 'answer');
        const provider = await providerOf(vendor);
        const wholeFrom = endOfEvent(bytes, RECORDED[vendor].endMark);
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
