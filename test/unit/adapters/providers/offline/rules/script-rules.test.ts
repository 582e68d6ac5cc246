import assert from 'node:assert/strict';
import { SCRIPT_RULES } from '../../../../../../src/adapters/providers/offline/rules/catalogue.ts';
import { linesOf } from '../cases.ts';
import { SCRIPT_QUALITY_CASES } from './script-quality-cases.ts';
import { SCRIPT_SECURITY_CASES } from './script-security-cases.ts';

const CASES = { ...SCRIPT_QUALITY_CASES, ...SCRIPT_SECURITY_CASES };

describe('offline rules for TypeScript and JavaScript', () => {
  it('have cases, each of them', () => {
    assert.deepEqual(SCRIPT_RULES.map(({ id }) => id).sort(), Object.keys(CASES).sort());
  });

  for (const [id, { wrong, right }] of Object.entries(CASES)) {
    it(`${id} finds what is wrong, at its line`, () => {
      assert.ok(wrong.length > 0);
      for (const { code, lines, path } of wrong) assert.deepEqual(linesOf(id, code, path ?? 'src/a.ts'), lines, code);
    });

    it(`${id} leaves alone what is right`, () => {
      assert.ok(right.length > 0);
      for (const one of right) {
        const { code, path } = typeof one === 'string' ? { code: one, path: 'src/a.ts' } : one;
        assert.deepEqual(linesOf(id, code, path), [], code);
      }
    });
  }
});
