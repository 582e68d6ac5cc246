import assert from 'node:assert/strict';
import { nearestName } from '../../../src/core/nearest-name.ts';

describe('nearestName', () => {
  for (const [wanted, near] of [
    ['backnd', 'backend'],
    ['hihg', 'high'],
    ['shwo', 'show'],
    ['HIGH', 'high'],
    ['quite-different', null],
    ['', null],
  ] as const) {
    it(`"${wanted}" is meant as ${near}`, () => assert.equal(nearestName(wanted, ['backend', 'high', 'show']), near));
  }
});
