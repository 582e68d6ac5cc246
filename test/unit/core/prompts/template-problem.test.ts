import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isEnsembleError } from '../../../../src/core/errors.ts';
import { variablesOf } from '../../../../src/core/prompts/safe-template.ts';
import { TemplateError } from '../../../../src/core/prompts/template-problem.ts';

function problemOf(template: string) {
  try {
    variablesOf(template);
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error));
    return error.problem;
  }
  assert.fail('The template can be used.');
}

describe('what is wrong with a template', () => {
  const NOT_UNDERSTOOD = 'What stands between {{ and }} is not understood, or }} is missing.';
  for (const [template, line, message] of [
    ['Hello\n{{#if x}}\nmore\ntext', 2, '{{#if}} is not closed. Write {{/if}} where it ends.'],
    ['{{#each a}}\n{{#if b}}{{/if}}\n', 1, '{{#each}} is not closed. Write {{/each}} where it ends.'],
    ['{{!-- {{#if x}} --}}{{#unless a}}', 1, '{{#unless}} is not closed. Write {{/unless}} where it ends.'],
    ['a\n{{#if x}} b {{/each}}', 2, '{{#if}} is closed by {{/each}}.'],
    ['{{/if}}', 1, 'A {{/...}} closes what was not opened.'],
    ['a {{else}} b', 1, '{{else}} stands outside of a block.'],
    ['one\ntwo {{name', 2, NOT_UNDERSTOOD],
    ['{{{a}}', 1, NOT_UNDERSTOOD],
    ['{{}}', 1, NOT_UNDERSTOOD],
    ['{{"a}}', 1, NOT_UNDERSTOOD],
  ] as const) {
    it(`is said of ${JSON.stringify(template)}`, () => {
      assert.deepEqual(problemOf(template), { line, message });
    });
  }

  it('is said without the names of a parser, whatever is written', () => {
    const part = fc.constantFrom(
      '{{',
      '}}',
      '{{#if a}}',
      '{{/if}}',
      '{{else}}',
      '{{> p}}',
      '{{^}}',
      '{{!--',
      ' a ',
      '\n',
      '"',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        try {
          variablesOf(parts.join(''));
        } catch (error) {
          assert.ok(isEnsembleError(error));
          assert.doesNotMatch(error.message, /Expecting|got '|\n|-\^/);
        }
      }),
    );
  });
});
