import assert from 'node:assert/strict';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import type { UsageRecord } from '../../src/core/ports.ts';
import type { FindingDecision } from '../../src/core/results.ts';
import { ATTEMPT, FIRST } from './journal-samples.ts';
import { forEachImplementation } from './storage-implementations.ts';

const CONVERSATION = {
  taskId: 'r1/security',
  runId: 'r1',
  type: 'review',
  messages: [
    { role: 'system', content: 'You review code.' },
    { role: 'user', content: 'Is this safe?\nconst query = "SELECT " + name; // Größe, naïve' },
  ],
  model: 'xai/grok-4',
  account: 'grok-1',
};

const DISMISSED: Omit<FindingDecision, 'at'> = {
  fingerprint: 'a',
  decision: 'dismissed',
  reason: 'false-positive',
  note: null,
  runId: 'r1',
  file: 'src/a.ts',
  title: 'Input is run as code',
};

const USAGE: UsageRecord = {
  ...ATTEMPT,
  runId: 'r1',
  instanceId: 'security',
  agent: 'security',
  possiblyBilled: false,
  at: '2026-01-02T00:00:00.000Z',
};

describe('Stores', () => {
  forEachImplementation((subject) => {
    describe('conversations', () => {
      it('keeps a call from before it is sent until after it has ended', async () => {
        const { storage, other } = subject();
        const id = await storage.stores.conversations.begin(CONVERSATION);
        const open = await other.stores.conversations.get(id);
        const { createdAt, ...rest } = open ?? assert.fail();
        const unsaid = { response: null, status: 'running', tokens: null, costUSD: null, agent: '', rerunOf: null };
        assert.deepEqual(rest, { ...CONVERSATION, id, ...unsaid });
        assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
        const end = {
          response: 'No: injection.',
          status: 'completed',
          tokens: 321,
          costUSD: 0.004217,
          model: 'xai/grok-4.1',
          account: 'grok-2',
        };
        await storage.stores.conversations.finish(id, end);
        assert.deepEqual(await other.stores.conversations.get(id), { ...open, ...end });
      });

      it('leaves an unknown cost unknown', async () => {
        const { conversations } = subject().storage.stores;
        const id = await conversations.begin(CONVERSATION);
        const end = { response: null, status: 'failed', tokens: null, costUSD: null, model: 'a/b', account: 'c' };
        await conversations.finish(id, end);
        assert.equal((await conversations.get(id))?.costUSD, null);
      });

      it('says so when there is no such call', async () => {
        const { conversations } = subject().storage.stores;
        const end = { response: '', status: 'completed', tokens: 0, costUSD: 0, model: 'a/b', account: 'c' };
        await assert.rejects(conversations.finish(999_999, end), { code: 'not-found' });
        assert.equal(await conversations.get(999_999), null);
      });

      it('lists newest first, by run and in pages', async () => {
        const { conversations } = subject().storage.stores;
        const ids = [];
        for (const runId of ['p1', 'p2', 'p1', 'p1']) ids.push(await conversations.begin({ ...CONVERSATION, runId }));
        const page = await conversations.list({ limit: 2, runId: 'p1' });
        assert.deepEqual(
          page.items.map(({ id }) => id),
          [ids[3], ids[2]],
        );
        assert.equal(page.total, 3);
        const rest = await conversations.list({ limit: 2, offset: 2, runId: 'p1' });
        assert.deepEqual(
          rest.items.map(({ id }) => id),
          [ids[0]],
        );
      });
    });

    describe('search', () => {
      const RUN = 'searched';
      before(async () => {
        const { conversations } = subject().storage.stores;
        const id = await conversations.begin({ ...CONVERSATION, runId: RUN });
        await conversations.finish(id, {
          ...{ response: 'Use a parameter; see README.md, "prepared statements".', status: 'completed' },
          ...{ tokens: 1, costUSD: 0, model: 'a/b', account: 'c' },
        });
        await conversations.begin({
          ...CONVERSATION,
          runId: RUN,
          messages: [{ role: 'user', content: 'something else' }],
        });
      });

      const hits = async (search: string) =>
        (await subject().other.stores.conversations.list({ limit: 10, runId: RUN, search })).total;

      for (const search of [
        'injection',
        'select',
        'SAFE',
        'naive',
        'größe',
        'prepared',
        'prep',
        '(safe',
        'const parameter',
        'readme.md',
        'query\tstatements',
      ]) {
        const expected = search === 'injection' ? 0 : 1;
        it(`finds ${expected} for ${JSON.stringify(search)}`, async () => assert.equal(await hits(search), expected));
      }

      it('finds no markup of the stored request', async () => {
        for (const markup of ['role', 'user', 'content', 'nconst']) assert.equal(await hits(markup), 0, markup);
      });

      it('takes nothing that a person types for an operator', async () => {
        for (const text of ['"', '*', 'safe OR nothing', 'NOT safe', 'safe NEAR/2 this', 'request:safe', "'; --"]) {
          assert.equal(await hits(text), 0, text);
        }
      });

      it('lists everything when nothing is asked for', async () => {
        assert.equal(await hits(''), 2);
        assert.equal(await hits('  '), 2);
      });

      it('forgets the words of a row that changed', async () => {
        const { conversations } = subject().storage.stores;
        const id = await conversations.begin({ ...CONVERSATION, runId: 'changed' });
        const end = { status: 'completed', tokens: 1, costUSD: 0, model: 'a/b', account: 'c' };
        await conversations.finish(id, { ...end, response: 'zebra' });
        await conversations.finish(id, { ...end, response: 'giraffe' });
        const total = async (search: string) =>
          (await conversations.list({ limit: 1, runId: 'changed', search })).total;
        assert.deepEqual([await total('zebra'), await total('giraffe'), await total('safe')], [0, 1, 1]);
      });
    });

    describe('usage', () => {
      it('sums per account from a moment on, and never takes an unknown price for nothing', async () => {
        const { storage, other } = subject();
        const rows: Partial<UsageRecord>[] = [
          { account: 'a', costUSD: 0.1 },
          { account: 'a', costUSD: 0.2, outcome: 'partial' },
          {
            account: 'a',
            costUSD: null,
            outcome: 'rate-limited',
            tokens: { ...ATTEMPT.tokens, cached: 3, reasoning: 2, estimated: true },
          },
          { account: 'a', costUSD: 9, at: '2025-12-31T23:59:59.999Z' },
          { account: 'old', at: '2025-01-01T00:00:00.000Z' },
        ];
        await Promise.all(rows.map((row) => storage.stores.usage.record({ ...USAGE, ...row })));
        assert.deepEqual(await other.stores.usage.summary('2026-01-01T00:00:00.000Z'), [
          {
            ...{ account: 'a', calls: 3, failures: 1, costUSD: 0.3, unknownCosts: 1 },
            tokens: { input: 30, output: 15, cached: 3, reasoning: 2, estimated: true },
          },
          {
            ...{ account: 'old', calls: 0, failures: 0, costUSD: 0, unknownCosts: 0 },
            tokens: { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false },
          },
        ]);
      });

      it('sums by day and month, account and model, and lists the attempts whole', async () => {
        const { storage, other } = subject();
        const row = (at: string, model: string, costUSD: number | null) => ({
          ...USAGE,
          account: 'periods',
          at,
          model,
          costUSD,
        });
        const rows = [
          row('2031-05-01T10:00:00.000Z', 'm-1', 0.25),
          row('2031-05-01T23:00:00.000Z', 'm-1', null),
          row('2031-05-02T00:00:00.000Z', 'm-1', 0.5),
          row('2031-06-01T00:00:00.000Z', 'm-2', 1),
        ];
        for (const one of rows) await storage.stores.usage.record(one);
        const since = '2031-05-01T00:00:00.000Z';
        const days = await other.stores.usage.periods(since, 'day');
        assert.deepEqual(
          days.map(({ period, account, model, calls, costUSD, unknownCosts }) => [
            period,
            account,
            model,
            calls,
            costUSD,
            unknownCosts,
          ]),
          [
            ['2031-05-01', 'periods', 'm-1', 2, 0.25, 1],
            ['2031-05-02', 'periods', 'm-1', 1, 0.5, 0],
            ['2031-06-01', 'periods', 'm-2', 1, 1, 0],
          ],
        );
        const months = await other.stores.usage.periods(since, 'month');
        assert.deepEqual(
          months.map(({ period, calls }) => [period, calls]),
          [
            ['2031-05', 3],
            ['2031-06', 1],
          ],
        );
        const page = await other.stores.usage.list({ since, limit: 2, offset: 1 });
        assert.deepEqual(page, { items: rows.slice(1, 3), total: 4 });
      });
    });

    describe('findings', () => {
      it('keeps them whole and in order, and replaces them whole', async () => {
        const { storage, other } = subject();
        await storage.journal.create('with-findings', currentOwner(), FIRST);
        const findings = [
          { id: 'b', lines: [3, 4] },
          { id: 'a', edit: null },
        ];
        await storage.stores.findings.save('with-findings', findings);
        assert.deepEqual(await other.stores.findings.list('with-findings'), findings);
        await storage.stores.findings.save('with-findings', [findings[1]!]);
        assert.deepEqual(await other.stores.findings.list('with-findings'), [findings[1]]);
        assert.deepEqual(await other.stores.findings.list('no-such-run'), []);
      });

      it('keeps the last decision about each fingerprint, by workspace, until it is forgotten', async () => {
        const { storage, other } = subject();
        const decide = (workspace: string, change: Partial<Omit<FindingDecision, 'at'>>) =>
          storage.stores.findings.decide(workspace, { ...DISMISSED, ...change });
        await decide('/one', {});
        await decide('/one', { fingerprint: 'b', decision: 'accepted', reason: null });
        await decide('/two', {});
        await decide('/one', { reason: 'intended', note: 'Größe — "ok"' });
        const read = async (workspace: string) =>
          (await other.stores.findings.decisions(workspace))
            .map(({ at, ...decision }) => {
              assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
              return decision;
            })
            .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
        assert.deepEqual(await read('/one'), [
          { ...DISMISSED, reason: 'intended', note: 'Größe — "ok"' },
          { ...DISMISSED, fingerprint: 'b', decision: 'accepted', reason: null },
        ]);
        await storage.stores.findings.forget('/one', ['a', 'never decided']);
        assert.deepEqual(
          (await read('/one')).map(({ fingerprint }) => fingerprint),
          ['b'],
        );
        assert.deepEqual(await read('/two'), [DISMISSED]);
        assert.deepEqual(await read('/three'), []);
      });

      it('keeps decisions with a folder that is attached to another one, the latest about each finding', async () => {
        const { storage, other } = subject();
        const decide = (workspace: string, change: Partial<Omit<FindingDecision, 'at'>>) =>
          storage.stores.findings.decide(workspace, { ...DISMISSED, ...change });
        const read = async (workspace: string) =>
          (await other.stores.findings.decisions(workspace))
            .map(({ fingerprint, decision }) => `${fingerprint} ${decision}`)
            .sort();
        await decide('/before', { fingerprint: 'moved' });
        await decide('/before', { fingerprint: 'again' });
        await decide('/long-before', { fingerprint: 'first' });
        await storage.history.attach('/long-before', '/before');
        await storage.history.attach('/before', '/now');
        await new Promise((resolve) => setTimeout(resolve, 2));
        await decide('/now', { fingerprint: 'again', decision: 'accepted', reason: null });
        assert.deepEqual(await read('/now'), ['again accepted', 'first dismissed', 'moved dismissed']);
        assert.deepEqual(await read('/before'), ['again dismissed', 'first dismissed', 'moved dismissed']);
        await storage.stores.findings.forget('/now', ['again', 'first']);
        assert.deepEqual(
          await read('/now'),
          ['moved dismissed'],
          'what shows again does not come back by the other folder',
        );
        await storage.history.attach('/before', null);
        assert.deepEqual(await read('/now'), []);
      });

      it('belongs to a run', async () => {
        await assert.rejects(subject().storage.stores.findings.save('no-such-run', [{ id: 'a' }]), {
          code: 'not-found',
        });
      });
    });

    describe('audit', () => {
      it('remembers a decision about exactly its subject', async () => {
        const { storage, other } = subject();
        await storage.stores.audit.record('send', 'project → api.x.ai', { files: 3 });
        assert.equal(await other.stores.audit.has('send', 'project → api.x.ai'), true);
        assert.equal(await other.stores.audit.has('send', 'project → api.openai.com'), false);
        assert.equal(await other.stores.audit.has('share', 'project → api.x.ai'), false);
      });

      it('is listed newest first, by action, words and time', async () => {
        const before = new Date().toISOString();
        const { audit } = subject().storage.stores;
        await audit.record('tool-called', 'run/a', { tool: 'read-file' });
        await audit.record('agent-called', 'run/a', { model: 'Big 100%' });
        const named = async (query: object) =>
          (await audit.list({ limit: 9, ...query })).items.map(({ action }) => action);
        assert.deepEqual((await named({ since: before })).slice(0, 2), ['agent-called', 'tool-called']);
        assert.deepEqual(await named({ search: 'big 100%' }), ['agent-called']);
        assert.deepEqual(await named({ action: 'tool-called', search: 'READ' }), ['tool-called']);
        assert.deepEqual(await named({ search: '*' }), []);
        const page = await audit.list({ limit: 1, offset: 1, since: before, search: 'RUN/a' });
        assert.deepEqual([page.items[0]?.detail, page.total], [{ tool: 'read-file' }, 2]);
      });
    });

    describe('stats', () => {
      it('counts what is there', async () => {
        const { storage, other } = subject();
        const before = await other.stores.stats();
        await storage.journal.create('counted', currentOwner(), FIRST);
        await storage.stores.conversations.begin(CONVERSATION);
        await storage.stores.documents.save({ taskId: 'x', title: 't', content: 'c', format: 'text' });
        const prompt = {
          name: 'counted',
          template: '',
          variables: [],
          description: '',
          category: '',
          tags: [],
          parameters: [],
        };
        await storage.stores.prompts.save(prompt, { author: 'me', reason: 'counted' });
        const { location, sizeBytes, ...after } = await other.stores.stats();
        assert.deepEqual(after, {
          conversations: before.conversations + 1,
          documents: before.documents + 1,
          prompts: before.prompts + 1,
          agents: before.agents + 3,
          runs: before.runs + 1,
        });
        assert.equal(location === null, sizeBytes === 0);
      });
    });
  });
});
