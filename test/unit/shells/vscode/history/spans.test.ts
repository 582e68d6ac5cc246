import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spansOf } from '../../../../../src/shells/vscode/history/spans.ts';

const keys = (now: Date) => spansOf(now).map(({ key }) => key);
const local = (...parts: [number, number, number]) => new Date(...parts).toISOString();

describe('spansOf', () => {
  it('names today, yesterday, this week, twelve months and what is older', () => {
    const spans = spansOf(new Date(2026, 10, 21, 15, 0)); // a Saturday
    assert.deepEqual(
      spans.slice(0, 5).map(({ key, from }) => [key, from]),
      [
        ['today', local(2026, 10, 21)],
        ['yesterday', local(2026, 10, 20)],
        ['week', local(2026, 10, 16)],
        ['2026-11', local(2026, 10, 1)],
        ['2026-10', local(2026, 9, 1)],
      ],
    );
    assert.equal(spans.length, 16);
    assert.deepEqual(spans.at(-1), { key: 'older', kind: 'older', from: null, until: local(2025, 11, 1) });
  });

  it('leaves out what has no days of its own', () => {
    assert.ok(!keys(new Date(2026, 10, 23)).includes('week')); // a Monday
    assert.ok(!keys(new Date(2026, 10, 24)).includes('week')); // a Tuesday
    assert.deepEqual(keys(new Date(2026, 10, 1)).slice(0, 4), ['today', 'yesterday', 'week', '2026-10']); // a Sunday
  });

  it('has neither gaps nor overlaps, whatever the day is', () => {
    const days = fc.date({ min: new Date(2001, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true });
    fc.assert(
      fc.property(days, (now) => {
        const spans = spansOf(now);
        assert.equal(spans[0]?.until, null);
        for (const [index, { from, until }] of spans.entries()) {
          if (index > 0) assert.equal(until, spans[index - 1]?.from);
          if (from !== null && until !== null) assert.ok(from < until);
        }
        assert.equal(new Set(spans.map(({ key }) => key)).size, spans.length);
      }),
    );
  });
});
