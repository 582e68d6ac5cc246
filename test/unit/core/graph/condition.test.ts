import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Condition, holds, parseCondition, tasksOf } from '../../../../src/core/graph/condition.ts';
import type { Json } from '../../../../src/core/json.ts';

const OUTPUTS: Readonly<Record<string, Json>> = {
  review: { findings: [{ severity: 'high' }, { severity: 'low' }], score: 7.5, note: 'mind the "gap"', none: null },
  'data-model': 'All approved',
  'two words': 3,
  list: ['a', 'b', { deep: [1] }],
  empty: '',
};

const check = (text: string): boolean => holds(parseCondition(text), (task) => OUTPUTS[task] ?? null);

describe('conditions', () => {
  const TRUE = [
    'review.score > 7 and review.score <= 7.5',
    'review.findings.length == 2',
    'review.findings[0].severity == "high"',
    "review['score'] != 7",
    'data-model contains "approved"',
    'not data-model contains "rejected"',
    '["two words"] == 3',
    'list contains {"x"}'.replace('{"x"}', '"b"'),
    'list[2].deep == list[2]["deep"]',
    'review.note == "mind the \\"gap\\""',
    'review.none == null && missing == null && review.no.such[3].way == null',
    'true or no-such-task',
    '!(false || empty)',
    'review and list and not null',
    'false and false or true',
    'not false and true',
    '"b" > "a"',
    '-1 < 0 and 1e3 == 1000',
    '(review.score > 3) == true',
    'data-model.length == 12',
  ];
  const FALSE = [
    'review.score < "8"',
    'review.score > "7"',
    'list > 1',
    'review == list',
    'not (true or false)',
    'true and false or false',
    'list contains "c"',
    'review contains "score"',
    '1 contains 1',
    'empty',
    'list[0] == list[1]',
    // What JavaScript adds to every object is out of reach.
    'review.constructor or review.__proto__ or list.map or data-model.trim',
  ];
  for (const text of TRUE) it(`holds: ${text}`, () => assert.equal(check(text), true));
  for (const text of FALSE) it(`does not hold: ${text}`, () => assert.equal(check(text), false));

  const BROKEN: readonly [string, RegExp, RegExp][] = [
    ['', /ends too early, at character 1/, /value/],
    ['a ==', /ends too early, at character 5/, /value/],
    ['a = 1', /"=" does not fit, at character 3/, /"=="/],
    ['a b', /"b" does not fit, at character 3/, /"and" or "or"/],
    ['1 < 2 < 3', /"<" does not fit, at character 7/, /"and" or "or"/],
    ['(a', /ends too early, at character 3/, /\)/],
    ['a[b]', /"b" does not fit, at character 3/, /text or a number/],
    ['a.[0]', /"\[" does not fit, at character 3/, /field/],
    ['a == "open', /""" does not fit, at character 6/, /quotes/],
    ['f()', /"\(" does not fit, at character 2/, /./],
    ['a; b', /";" does not fit, at character 2/, /./],
    [`a == ${'1'.repeat(3_000)}`, /too long/, /2000/],
    [`${'('.repeat(60)}a`, /too deep, at character 52/, /./],
    [`${'not '.repeat(60)}a`, /too deep/, /./],
  ];
  for (const [text, message, hint] of BROKEN) {
    it(`says where it is broken: ${text.slice(0, 20)}`, () =>
      assert.throws(() => parseCondition(text), { code: 'invalid-graph', message, hint }));
  }

  it('name the tasks that they look at', () => {
    assert.deepEqual([...tasksOf(parseCondition('a.x > 1 and not (["b c"] or 3 == d[0].a) or a'))], ['a', 'b c', 'd']);
  });

  it('read back what was written, whatever it is', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        assert.deepEqual(parseCondition(write(condition)), condition);
      }),
    );
  });

  it('mean what the same expression means to JavaScript', () => {
    const outputs: Readonly<Record<string, Json>> = { a: 1, b: 2, c: 0 };
    const part = fc.constantFrom('a < b', 'a == b', 'c', 'b >= 2', 'not a', '!c', 'a != c');
    const text = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        part,
        fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map((words) => words.join(' ')),
        tie('any').map((inner) => `not (${inner})`),
      ),
    })).any;
    fc.assert(
      fc.property(text, (condition) => {
        const code = condition
          .replace(/\band\b/g, '&&')
          .replace(/\bor\b/g, '||')
          .replace(/\bnot\b/g, '!');
        const expected = Boolean(new Function('a', 'b', 'c', `return ${code}`)(1, 2, 0));
        assert.equal(
          holds(parseCondition(condition), (task) => outputs[task] ?? null),
          expected,
        );
      }),
    );
  });

  it('either read or refuse any text, and never throw when they are evaluated', () => {
    const words = fc.constantFrom(
      'a',
      '.',
      '[',
      ']',
      '(',
      ')',
      '==',
      '<',
      'and',
      'or',
      'not',
      '"x"',
      '1',
      'null',
      '$',
      '"',
      ' ',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.jsonValue(), (source, output) => {
        let condition: Condition;
        try {
          condition = parseCondition(source);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'invalid-graph');
          return;
        }
        assert.equal(typeof holds(condition, () => output as Json), 'boolean');
      }),
      { numRuns: 500 },
    );
  });
});

const literal = fc
  .oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
  )
  .map((value): Condition => ({ kind: 'literal', value }));
const path = fc
  .tuple(fc.string({ minLength: 1 }), fc.array(fc.oneof(fc.string(), fc.nat())))
  .map(([task, steps]): Condition => ({ kind: 'path', task, steps }));
const operand = fc.oneof(literal, path);
const conditions: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    operand,
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'contains'), operand, operand)
      .map(([operator, left, right]): Condition => ({ kind: 'compare', operator, left, right })),
    tie('any').map((of): Condition => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('any'), { minLength: 2, maxLength: 3 }))
      .map(([kind, all]): Condition => ({ kind, all })),
  ),
})).any;

/** A condition as text, with all the parentheses that there can be. */
function write(condition: Condition): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
  const value = (one: Json) => (typeof one === 'string' ? quoted(one) : String(one));
  switch (condition.kind) {
    case 'literal':
      return value(condition.value);
    case 'path':
      return [condition.task, ...condition.steps].map((step) => `[${value(step)}]`).join('');
    case 'not':
      return `not (${write(condition.of)})`;
    case 'compare':
      return `${write(condition.left)} ${condition.operator} ${write(condition.right)}`;
    default:
      return condition.all.map((one) => `(${write(one)})`).join(` ${condition.kind} `);
  }
}
