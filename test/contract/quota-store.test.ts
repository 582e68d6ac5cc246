import assert from 'node:assert/strict';
import { forEachImplementation } from './storage-implementations.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('QuotaStore', () => {
  forEachImplementation((subject) => {
    let count = 0;
    const scope = () => {
      count += 1;
      return `run:${count}`;
    };

    describe('drawSlots', () => {
      it('keeps the limit over all connections together', async () => {
        const { storage, other } = subject();
        const limits = { requestsPerMinute: 10, burst: 1 };
        const request = { key: 'shared', want: 5, limits, now: NOW };
        const blocks = await Promise.all([storage, other, storage, other].map(({ quota }) => quota.drawSlots(request)));
        const times = blocks.flatMap(({ sendAt }) => sendAt).sort((a, b) => a - b);
        assert.equal(times.length, 20);
        for (const [index, time] of times.entries()) {
          assert.ok(time >= NOW);
          const tenthAfter = times[index + 10];
          if (tenthAfter !== undefined)
            assert.ok(tenthAfter - time >= 60_000, `11 sends within ${tenthAfter - time} ms`);
        }
      });

      it('gives at least one time, ascending, and keeps keys apart', async () => {
        const { quota } = subject().storage;
        const limits = { requestsPerMinute: 60, burst: 2 };
        const first = await quota.drawSlots({ key: 'one', want: 3, limits, now: NOW });
        const [burst, then, later = 0] = first.sendAt;
        assert.deepEqual(
          [burst, then, first.pace],
          [NOW, NOW, { requestsPerMinute: 60, burst: 2, marginMs: 0, learned: false }],
        );
        assert.ok(later > NOW + 1_000 && later <= NOW + 1_500, `${later - NOW}`);
        const other = await quota.drawSlots({ key: 'two', want: 1, limits, now: NOW });
        assert.deepEqual(other.sendAt, [NOW]);
      });

      it('takes back what was not used, on any connection', async () => {
        const { storage, other } = subject();
        const limits = { requestsPerMinute: 1, burst: 1 };
        const { sendAt } = await storage.quota.drawSlots({ key: 'returned', want: 2, limits, now: NOW });
        const again = await other.quota.drawSlots({ key: 'returned', want: 1, limits, unused: sendAt, now: NOW });
        assert.ok((again.sendAt[0] ?? 0) <= NOW + 2_000, `${(again.sendAt[0] ?? 0) - NOW}`);
      });
    });

    describe('learn', () => {
      const limits = { requestsPerMinute: 60, burst: null };

      it('keeps a hold for every process, and a shorter one does not end a longer one', async () => {
        const { storage, other } = subject();
        const refused = {
          type: 'refused' as const,
          sentAt: NOW,
          refused: { seenPerMinute: 60, retryAfterMs: null },
          unplanned: [],
        };
        for (const until of [NOW + 30_000, NOW + 5_000]) {
          await storage.quota.learn({ key: 'held', lesson: { ...refused, until }, limits, now: NOW });
        }
        const { sendAt } = await other.quota.drawSlots({ key: 'held', want: 1, limits, now: NOW });
        assert.deepEqual(sendAt, [NOW + 30_000]);
      });

      it('tells every process what an answer has shown', async () => {
        const { storage, other } = subject();
        const unknown = { requestsPerMinute: null, burst: null };
        const report = { type: 'report' as const, sentAt: NOW, limit: 60, remaining: 29, unplanned: [NOW] };
        const pace = await storage.quota.learn({ key: 'taught', lesson: report, limits: unknown, now: NOW });
        assert.deepEqual(pace, { requestsPerMinute: 60, burst: 30, marginMs: 0, learned: true });
        const block = await other.quota.drawSlots({ key: 'taught', want: 30, limits: unknown, now: NOW });
        assert.deepEqual(block.pace, pace);
        assert.ok(block.sendAt.filter((time) => time === NOW).length >= 28);
      });
    });

    describe('takeTokens', () => {
      const limits = { tokensPerMinute: 100, inputTokensPerMinute: null, outputTokensPerMinute: null };
      const tokens = { input: 30, output: 20 };

      it('keeps the place of who waits, counts in what others use, and lets go of who waits no more', async () => {
        const { storage, other } = subject();
        const take = (input: number, now: number, claim: number | null = null) =>
          storage.quota.takeTokens({ key: 'line', tokens: { input, output: 0 }, limits, now, claim });
        await storage.quota.reportTokens({ key: 'line', kind: 'tokensPerMinute', used: 60, tolerance: 5, now: NOW });
        const large = await take(90, NOW + 1_000);
        assert.ok(!large.granted && large.claim !== null);
        assert.deepEqual([large.freeAt, large.used.input], [NOW + 60_000, 60]);
        assert.equal(
          (await other.quota.takeTokens({ key: 'line', tokens: { input: 20, output: 0 }, limits, now: NOW + 2_000 }))
            .granted,
          false,
        );
        assert.equal((await take(90, NOW + 60_000, large.claim)).granted, true);
        const next = await take(80, NOW + 61_000);
        assert.ok(!next.granted && next.claim !== null);
        await storage.quota.settleTokens({ key: 'line', ticket: next.claim, tokens: { input: 0, output: 0 } });
      });

      it('keeps the minute over all connections together, and takes back what was not used', async () => {
        const { storage, other } = subject();
        const take = (index: number) =>
          (index % 2 ? storage : other).quota.takeTokens({ key: 'minute', tokens, limits, now: NOW + index });
        const grants = await Promise.all([0, 1, 2, 3].map(take));
        const [first, ...more] = grants.filter((grant) => grant.granted);
        assert.equal(more.length, 1);
        assert.ok(grants.every((grant) => grant.granted || grant.freeAt >= NOW + 60_000));
        assert.ok(first?.granted);
        await storage.quota.settleTokens({ key: 'minute', ticket: first.ticket, tokens: { input: 1, output: 1 } });
        const refused = [...grants, await take(4)].filter((grant) => !grant.granted);
        assert.equal(refused.length, 3);
        // They wait no more.
        for (const { claim } of refused) {
          if (claim !== null)
            await other.quota.settleTokens({ key: 'minute', ticket: claim, tokens: { input: 0, output: 0 } });
        }
        const small = { key: 'minute', tokens: { input: 40, output: 8 }, limits, now: NOW + 5 };
        assert.equal((await other.quota.takeTokens(small)).granted, true);
      });
    });

    describe('reserve', () => {
      it('never lets two connections exceed a limit', async () => {
        const { storage, other } = subject();
        const shared = scope();
        const ask = (index: number) =>
          (index % 2 ? storage : other).quota.reserve([{ scope: shared, limit: 1_000_000, amount: 150_000 }]);
        const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index)));
        assert.equal(outcomes.filter(({ granted }) => granted).length, 6);
        assert.deepEqual(await storage.quota.usage([shared]), { [shared]: { spent: 0, reserved: 900_000 } });
      });

      it('reserves all lines or none', async () => {
        const { quota } = subject().storage;
        const [wide, narrow] = [scope(), scope()];
        const lines = [
          { scope: wide, limit: 100, amount: 10 },
          { scope: narrow, limit: 5, amount: 10 },
        ];
        assert.deepEqual(await quota.reserve(lines), {
          granted: false,
          scope: narrow,
          limit: 5,
          used: 0,
          mayFree: false,
        });
        assert.deepEqual((await quota.usage([wide]))[wide], { spent: 0, reserved: 0 });
      });

      it('says whether waiting may help', async () => {
        const { quota } = subject().storage;
        const line = { scope: scope(), limit: 10, amount: 6 };
        const first = await quota.reserve([line]);
        assert.ok(first.granted);
        const second = await quota.reserve([line]);
        assert.deepEqual(second, { granted: false, scope: line.scope, limit: 10, used: 6, mayFree: true });
        await quota.settle(first.reservationId, {});
        const third = await quota.reserve([line]);
        assert.deepEqual(third, { granted: false, scope: line.scope, limit: 10, used: 6, mayFree: false });
      });
    });

    describe('settle', () => {
      it('replaces the reservation by what was spent, on any connection', async () => {
        const { storage, other } = subject();
        const [money, tokens] = [scope(), scope()];
        const outcome = await storage.quota.reserve([
          { scope: money, limit: 5_000_000_000, amount: 4_000_000_000 },
          { scope: tokens, limit: 100, amount: 60 },
        ]);
        assert.ok(outcome.granted);
        await other.quota.settle(outcome.reservationId, { [money]: 3_000_000_001 });
        assert.deepEqual(await storage.quota.usage([money, tokens, 'unknown']), {
          [money]: { spent: 3_000_000_001, reserved: 0 },
          [tokens]: { spent: 60, reserved: 0 },
          unknown: { spent: 0, reserved: 0 },
        });
      });

      it('counts once, however often it is called', async () => {
        const { quota } = subject().storage;
        const line = { scope: scope(), limit: 10, amount: 6 };
        const outcome = await quota.reserve([line]);
        assert.ok(outcome.granted);
        await quota.settle(outcome.reservationId, { [line.scope]: 4 });
        await quota.settle(outcome.reservationId, { [line.scope]: 4 });
        assert.deepEqual((await quota.usage([line.scope]))[line.scope], { spent: 4, reserved: 0 });
      });
    });
  });
});
