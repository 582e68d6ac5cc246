import assert from 'node:assert/strict';
import { nextStep } from '../../../../src/shells/cli/walk-steps.ts';

describe('going through steps by keys', () => {
  it('goes on, back and to a number, stays for what it does not know, and ends', () => {
    const typed: readonly (readonly [string, number, number | null])[] = [
      ['', 0, 1],
      ['n', 1, 2],
      ['', 2, null],
      ['p', 2, 1],
      ['p', 0, 0],
      ['3', 0, 2],
      ['4', 1, 1],
      ['0', 1, 1],
      ['what', 1, 1],
      ['q', 1, null],
    ];
    for (const [text, at, expected] of typed) assert.equal(nextStep(text, at, 3), expected, `${text} at ${at}`);
  });
});
