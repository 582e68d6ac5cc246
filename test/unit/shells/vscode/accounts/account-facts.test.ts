import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AccountFacts,
  formatWait,
  headroomOf,
  leftOf,
  needsPerson,
  percent,
  stateOf,
  textBar,
} from '../../../../../src/shells/vscode/accounts/account-facts.ts';
import { accountFacts as facts, overview } from '../../../../support/account-facts.ts';

const STATUS = overview();
const spent = (todayUSD: number, monthUSD: number) =>
  overview({ headroom: 0.75, spending: { ...STATUS.spending, todayUSD, monthUSD } });
const failedTest = { at: '2026-11-21T00:00:00Z', ok: false, models: 0, latencyMs: 1, message: 'no' };

describe('the state of an account', () => {
  it('is what the person should know first', () => {
    const cases: readonly (readonly [Partial<AccountFacts>, string, boolean])[] = [
      [{}, 'unused', false],
      [{ status: STATUS }, 'ready', false],
      [{ status: { ...STATUS, state: 'cooling' } }, 'cooling', false],
      [{ status: { ...STATUS, state: 'key-refused' }, lastTest: failedTest }, 'key-refused', true],
      [{ status: { ...STATUS, state: 'out-of-credits' } }, 'out-of-credits', true],
      [{ status: STATUS, keyMissing: true }, 'key-missing', true],
      [{ status: STATUS, lastTest: failedTest }, 'test-failed', false],
      [
        { setting: { name: 'a', provider: 'xai', enabled: false }, status: STATUS, keyMissing: true },
        'disabled',
        false,
      ],
      [{ problem: 'accounts[0].baseURL: no', keyMissing: true }, 'misconfigured', true],
    ];
    for (const [known, state, waits] of cases) {
      assert.equal(stateOf(facts(known)), state);
      assert.equal(needsPerson(facts(known)), waits, state);
    }
  });
});

describe('headroom', () => {
  const budget = { perDayUSD: 10, perMonthUSD: 100 };
  const setting = { name: 'a', provider: 'xai', budget };

  it('is the least that is left of any limit or budget', () => {
    assert.deepEqual(headroomOf(facts({ setting, status: spent(4, 95) })), { by: 'month', left: 0.050000000000000044 });
    assert.deepEqual(headroomOf(facts({ setting, status: spent(4, 5) })), { by: 'day', left: 0.6 });
    assert.deepEqual(headroomOf(facts({ status: spent(4, 5) })), { by: 'limits', left: 0.75 });
  });

  it('is unknown without a limit, and before anything was measured', () => {
    assert.equal(headroomOf(facts({ status: STATUS })), null);
    assert.equal(headroomOf(facts({ setting })), null);
  });

  it('is not spoken of where the account cannot work at all', () => {
    assert.equal(headroomOf(facts({ status: overview({ state: 'key-refused', headroom: 0 }) })), null);
    assert.equal(headroomOf(facts({ status: spent(4, 5), keyMissing: true })), null);
  });

  it('is none where nothing may be spent, and never below', () => {
    assert.equal(leftOf({ used: 0, limit: 0 }), 0);
    assert.equal(leftOf({ used: 12, limit: 10 }), 0);
    assert.equal(leftOf({ used: 12, limit: null }), null);
  });
});

describe('bars and numbers', () => {
  it('never look like nothing where there is something', () => {
    assert.equal(textBar(0), '▱▱▱▱▱');
    assert.equal(textBar(0.01), '▰▱▱▱▱');
    assert.equal(textBar(0.5), '▰▰▰▱▱');
    assert.equal(textBar(0.99), '▰▰▰▰▰');
    assert.equal(textBar(1), '▰▰▰▰▰');
    assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), [0, 1, 50, 99, 100]);
  });

  it('have five cells whatever the fraction', () => {
    fc.assert(fc.property(fc.double(), (fraction) => assert.equal([...textBar(fraction)].length, 5)));
  });

  it('say how long to wait', () => {
    assert.equal(formatWait(-5), '1 s');
    assert.equal(formatWait(42_300), '43 s');
    assert.equal(formatWait(180_000), '3 min');
    assert.equal(formatWait(3_600_000), '1 h');
    assert.equal(formatWait(7_500_000), '2 h 5 min');
    assert.equal(formatWait(3 * 86_400_000), '3 d');
  });
});
