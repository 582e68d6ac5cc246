import assert from 'node:assert/strict';
import { PYTHON_RULES } from '../../../../../../src/adapters/providers/offline/rules/catalogue.ts';
import { linesOf } from '../cases.ts';
import { PYTHON_CASES, PYTHON_SOURCE } from './python-cases.ts';

describe('offline rules for Python', () => {
  it('have cases, each of them', () => {
    assert.deepEqual(PYTHON_RULES.map(({ id }) => id).sort(), Object.keys(PYTHON_CASES).sort());
  });

  for (const [id, { wrong, right }] of Object.entries(PYTHON_CASES)) {
    it(`${id} finds what is wrong, at its line`, () => {
      assert.ok(wrong.length > 0);
      for (const { code, lines, path } of wrong)
        assert.deepEqual(linesOf(id, code, path ?? PYTHON_SOURCE), lines, code);
    });

    it(`${id} leaves alone what is right`, () => {
      assert.ok(right.length > 0);
      for (const one of right) {
        const { code, path } = typeof one === 'string' ? { code: one, path: PYTHON_SOURCE } : one;
        assert.deepEqual(linesOf(id, code, path), [], code);
      }
    });
  }
});
