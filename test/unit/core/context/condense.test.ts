import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GptTokenCounter } from '../../../../src/adapters/tokens/gpt-token-counter.ts';
import { condense, supplement } from '../../../../src/core/context/condense.ts';
import { factsIn } from '../../../../src/core/context/facts.ts';
import { type CountTokens, estimateTokens } from '../../../../src/core/context/token-estimate.ts';
import { MemoryLogger } from '../../../support/engine-fixture.ts';
import { report } from './samples.ts';

const FACTS = [
  'FACT-A-1: the retry limit is 17',
  'The handler is in src/api/orders.ts:212',
  'Call `refund(order, { partial: true })` first',
  'Refunds close after 45 days',
  'The trace id was 9f8e7d6c5b4a',
  'GET /v1/orders/{id}/items answers in 250 ms',
];

describe('factsIn', () => {
  it('finds what cannot be guessed', () => {
    const found = factsIn(`${FACTS.join('. ')}. Use v1.2.3 of snake_case_name and camelCase().`).map(
      ({ text }) => text,
    );
    const expected = ['FACT-A-1', '17', 'src/api/orders.ts:212', '`refund(order, { partial: true })`', '9f8e7d6c5b4a'];
    for (const fact of [...expected, '/v1/orders/{id}/items', '250 ms', 'v1.2.3', 'snake_case_name', 'camelCase()'])
      assert.ok(found.includes(fact), `${fact} is not among ${found.join(' | ')}`);
  });

  it('finds none in plain prose', () => {
    assert.deepEqual(factsIn('The team weighed what it would cost. Nothing stands against it, and so on.'), []);
  });
});

describe('condense', () => {
  let count: CountTokens;
  before(async () => {
    count = await new GptTokenCounter(new MemoryLogger()).counter();
  });

  it('leaves a text alone that fits', () => {
    assert.equal(condense('short', 10, count), 'short');
  });

  it('keeps every fact of the middle with its sentence, in a tenth of the room', () => {
    const text = report('Findings', 4_000, FACTS);
    const short = condense(text, 400, count);
    assert.ok(count(short) <= 400);
    for (const fact of FACTS) assert.ok(short.includes(fact), `lost: ${fact}`);
    assert.ok(short.startsWith('# Findings'));
    assert.ok(short.includes('\n[...]\n'));
  });

  it('keeps the order of the text', () => {
    const short = condense(report('Findings', 4_000, FACTS), 400, count);
    const places = FACTS.map((fact) => short.indexOf(fact));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('lists facts whose sentences do not fit, the weightiest first, and says how many are left out', () => {
    const sentences = Array.from(
      { length: 100 },
      (_, index) => `FACT-${index + 100} is one of the many statements that belong to the whole of this result`,
    );
    const short = condense(report('Many', 3_000, sentences), 600, count);
    assert.ok(count(short) <= 600);
    assert.match(short, /\n\nAlso named there: FACT-\d+, .*\(and \d+ more\)/);
  });

  it('cuts a text without sentences and lines in its middle', () => {
    const short = condense(`start${'x'.repeat(40_000)}end`, 100, count);
    assert.match(short, /^start[\s\S]*characters left out[\s\S]*end$/);
    assert.ok(count(short) <= 130);
  });

  it('never exceeds its room by more than the note of a cut, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 2_000 }),
        fc.integer({ min: 0, max: 300 }),
        (text, limit) => {
          assert.ok(estimateTokens(condense(text, limit, estimateTokens)) <= Math.max(limit, 25));
        },
      ),
    );
  });

  it('is the same every time, and quick on long texts', () => {
    const text = report('Long', 100_000, FACTS);
    assert.equal(condense(text, 1_000, estimateTokens), condense(text, 1_000, estimateTokens));
  });
});

describe('supplement', () => {
  it('adds the sentences of the facts that a summary has left out, and nothing else', () => {
    const text = report('Findings', 2_000, FACTS);
    const summary = `Mostly fine. ${FACTS[0]}. ${FACTS[1]}.`;
    const added = supplement(text, summary, 300, estimateTokens);
    for (const fact of FACTS.slice(2)) assert.ok(added.includes(fact), `lost: ${fact}`);
    assert.ok(!added.includes('FACT-A-1') && !added.includes('# Findings') && estimateTokens(added) <= 300);
  });

  it('adds nothing where nothing is missing', () => {
    const text = report('Findings', 2_000, FACTS);
    assert.equal(supplement(text, FACTS.join('. '), 300, estimateTokens), '');
  });
});
