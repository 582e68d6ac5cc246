import assert from 'node:assert/strict';
import { brokenRules, type TextRules } from '../../../../src/core/agents/guardrails.ts';

describe('brokenRules', () => {
  const cases: readonly (readonly [string, string, TextRules, readonly string[]])[] = [
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
  ];
  for (const [title, text, rules, expected] of cases) {
    it(`sees ${title}`, () => assert.deepEqual(brokenRules(text, rules), expected));
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
