import assert from 'node:assert/strict';
import { statusOf } from '../../../../../src/shells/vscode/status/status-model.ts';
import { overview } from '../../../../support/account-facts.ts';

describe('the status', () => {
  it('sums the spending of all accounts and names those that wait', () => {
    const { spending } = overview();
    const accounts = [
      overview({ name: 'a', spending: { ...spending, todayUSD: 0.5 } }),
      overview({ name: 'b', state: 'key-refused', spending: { ...spending, todayUSD: 0.25 } }),
      overview({ name: 'c', state: 'out-of-credits' }),
      overview({ name: 'd', state: 'cooling' }),
      overview({ name: 'e', state: 'disabled', enabled: false }),
    ];
    assert.deepEqual(statusOf({ running: 2, questions: 1 }, accounts), {
      running: 2,
      questions: 1,
      todayUSD: 0.75,
      waiting: ['b', 'c'],
    });
  });

  it('does not know what was spent before anything was opened', () => {
    assert.deepEqual(statusOf({ running: 0, questions: 0 }, null), {
      running: 0,
      questions: 0,
      todayUSD: null,
      waiting: [],
    });
  });
});
