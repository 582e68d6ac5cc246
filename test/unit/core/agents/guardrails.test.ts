import assert from 'node:assert/strict';
import { actionOf, type BrokenRule, brokenRules, type TextRules } from '../../../../src/core/agents/guardrails.ts';

const SCHEMA = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };

function sees(broken: readonly BrokenRule[], expected: readonly (string | RegExp)[]): void {
  assert.equal(broken.length, expected.length, JSON.stringify(broken));
  for (const [index, { says }] of broken.entries()) {
    const wanted = expected[index] ?? '';
    if (typeof wanted === 'string') assert.equal(says, wanted);
    else assert.match(says, wanted);
  }
}

describe('actionOf', () => {
  it('is what the rules say for this kind of rule, else the default', () => {
    const rules: TextRules = { actions: { length: 'warn' } };
    assert.deepEqual([actionOf('length', rules, 'repair'), actionOf('schema', rules, 'repair')], ['warn', 'repair']);
  });
});

describe('brokenRules', () => {
  const cases: readonly (readonly [string, string, TextRules, readonly (string | RegExp)[]])[] = [
    ['no rule', 'x', {}, []],
    ['kept limits', 'abc', { minLength: 3, maxLength: 3, mustMatch: ['b'], mustNotMatch: ['d'] }, []],
    ['too short', 'ab', { minLength: 3 }, ['It has 2 characters; at least 3 are needed.']],
    ['too long', 'abcd', { maxLength: 3 }, ['It has 4 characters; at most 3 are allowed.']],
    ['a missing pattern', 'abc', { mustMatch: ['^x', 'c$'] }, ['It has to match /^x/.']],
    ['a forbidden pattern', 'eval(x)', { mustNotMatch: ['\\beval\\('] }, ['It may not match /\\beval\\(/.']],
    [
      'a pattern that is none',
      'abc',
      { mustMatch: ['('], mustNotMatch: ['['] },
      ['It has to match /(/.', 'It may not match /[/.'],
    ],
    ['JSON of its schema', 'So: {"n": 1}', { schema: SCHEMA }, []],
    ['JSON of another one', '{"n": "x"}', { schema: SCHEMA }, [/^Its JSON is wrong at n: .*number.*\.$/]],
    ['JSON that lacks something', '{}', { schema: SCHEMA }, [/^Its JSON is wrong at n: /]],
    ['no JSON', 'one', { schema: SCHEMA }, ['It has to hold a complete JSON value.']],
    [
      'a schema that is none',
      '{}',
      { schema: { type: 'nonsense' } },
      ['The JSON Schema of its rule is none that can be checked.'],
    ],
    ['no rule in words, which takes a model', 'x', { prompt: 'It is kind.' }, []],
  ];
  for (const [title, text, rules, expected] of cases) {
    it(`sees ${title}`, () => sees(brokenRules(text, rules), expected));
  }

  const paths: readonly (readonly [string, string, boolean])[] = [
    ['Edit infra/prod/main.tf now', 'infra/prod/', true],
    ['Edit ./infra/prod/main.tf', 'infra/prod/', true],
    ['Edit INFRA\\PROD\\main.tf', 'infra/prod/', true],
    ['Edit my-infra/prod/main.tf', 'infra/prod/', false],
    ['Edit lib/infra/prod/main.tf', 'infra/prod/', false],
    ['See `package.json`.', 'package.json', true],
    ['See package.json.', 'package.json', true],
    ['See package.json5', 'package.json', false],
    ['See package.json.bak, then package.json', 'package.json', true],
    ['See package.json.bak', 'package.json', false],
    ['anything', '', false],
  ];
  for (const [text, path, named] of paths) {
    it(`${named ? 'finds' : 'does not find'} "${path}" in "${text}"`, () => {
      assert.equal(brokenRules(text, { forbiddenPaths: [path] }).length > 0, named);
    });
  }
});
