import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BudgetRow, reserveLines, settleLines } from '../../../../src/core/accounts/budget-ledger.ts';
import type { BudgetLine } from '../../../../src/core/ports.ts';

describe('budget ledger', () => {
  it('reserves all lines or none', () => {
    const rows = new Map([['day', { spent: 90, reserved: 0 }]]);
    const lines = [
      { scope: 'run', limit: 100, amount: 20 },
      { scope: 'day', limit: 100, amount: 20 },
    ];
    assert.deepEqual(reserveLines(rows, lines), { granted: false, scope: 'day', limit: 100, used: 90, mayFree: false });
  });

  it('says whether waiting may help', () => {
    const rows = new Map([['run', { spent: 10, reserved: 80 }]]);
    const fits = reserveLines(rows, [{ scope: 'run', limit: 100, amount: 50 }]);
    const never = reserveLines(rows, [{ scope: 'run', limit: 100, amount: 95 }]);
    assert.deepEqual([!fits.granted && fits.mayFree, !never.granted && never.mayFree], [true, false]);
  });

  it('never lets spending pass the limit when calls use at most what they reserved', () => {
    const calls = fc.array(
      fc.record({
        amount: fc.integer({ min: 1, max: 50 }),
        used: fc.double({ min: 0, max: 1, noNaN: true }),
        late: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 200 }), (all, limit) => {
        let rows: Map<string, BudgetRow> = new Map();
        const open: { lines: BudgetLine[]; used: number }[] = [];
        for (const { amount, used, late } of all) {
          const lines = [{ scope: 'run', limit, amount }];
          const outcome = reserveLines(rows, lines);
          if (!outcome.granted) continue;
          rows = outcome.rows;
          open.push({ lines, used: Math.floor(amount * used) });
          if (!late) for (const one of open.splice(0)) rows = settleLines(rows, one.lines, { run: one.used });
          const row = rows.get('run') ?? { spent: 0, reserved: 0 };
          assert.ok(row.spent + row.reserved <= limit);
        }
        for (const one of open) rows = settleLines(rows, one.lines, {});
        assert.equal(rows.get('run')?.reserved ?? 0, 0);
        assert.ok((rows.get('run')?.spent ?? 0) <= limit);
      }),
    );
  });
});
