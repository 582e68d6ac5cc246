import assert from 'node:assert/strict';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import type { Connection } from '../../../../../src/adapters/storage/sqlite/connection.ts';
import { MANY_HITS } from '../../../../../src/adapters/storage/worker/conversation-hits.ts';
import { listDocuments } from '../../../../../src/adapters/storage/worker/document-lists.ts';
import { FEW_CALLS } from '../../../../../src/adapters/storage/worker/history-filter.ts';
import {
  historyConversations,
  historyCounts,
  historyFacets,
  historyRuns,
  historyUnfinished,
} from '../../../../../src/adapters/storage/worker/history-operations.ts';
import type { OperationContext } from '../../../../../src/adapters/storage/worker/operation.ts';
import { type StoreForTests, storeForEach } from './store-for-tests.ts';

type Values = Parameters<Connection['all']>[1];

const PLACES = ['/home/a', '/home/b'];
const LIMIT = 100;
const AFTER = { createdAt: '2026-03-01T00:00:00.000Z', runId: 'r' };
const SPAN = { from: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' };
/** What a person can narrow the view to. */
const FILTERS = {
  none: {},
  status: { status: 'failed' },
  kind: { kind: 'review' },
  age: { from: SPAN.from },
  model: { model: 'xai/grok-4' },
  account: { account: 'a' },
  agent: { agent: 'security' },
};

type List = (context: OperationContext) => unknown;

/** What a list asks the database for, and in which steps SQLite would find it. */
function plansOf(connection: Connection, list: List): { sql: string; steps: string[] }[] {
  const plans: { sql: string; steps: string[] }[] = [];
  const explain = (sql: string, values: Values) => {
    plans.push({ sql, steps: connection.all(`EXPLAIN QUERY PLAN ${sql}`, values).map(({ detail }) => String(detail)) });
  };
  list({
    owner: currentOwner(),
    database: {
      file: '',
      all(sql, values) {
        explain(sql, values);
        return connection.all(sql, values);
      },
      get(sql, values) {
        explain(sql, values);
        return connection.get(sql, values);
      },
      run: () => assert.fail('a list writes nothing'),
      size: () => 0,
      isAlive: () => null,
      newId: () => null,
    },
  });
  assert.ok(plans.length > 0);
  return plans;
}

/** Steps that look at all rows of a table, but for a page in the order of its numbers, or that sort rows. */
function slowSteps(plans: ReturnType<typeof plansOf>): string[] {
  return plans.flatMap(({ sql, steps }) => {
    const isPage = /ORDER BY id DESC LIMIT \?/.test(sql);
    const slow = steps.filter(
      (step) =>
        (/^SCAN (runs|conversations|documents|document_versions)$/.test(step) && !isPage) || /TEMP B-TREE/.test(step),
    );
    return slow.map((step) => `${step}: ${sql}`);
  });
}

describe('how the database finds the lists of the history', () => {
  let connection: Connection;
  storeForEach((store: StoreForTests) => {
    store.open();
    store.close();
    connection = store.sqlite.open(store.file, null);
    // Many calls of what the filters ask for.
    connection.execute(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n <= ${FEW_CALLS})
      INSERT INTO conversations (task_id, type, messages, model, created_at, run_id, account, status, agent)
      SELECT 'r', 'x', '[]', 'xai/grok-4', '2026-01-01', 'r', 'a', 'completed', 'security' FROM numbers`);
  });
  afterEach(() => connection.close());

  const isFast = (list: List) => {
    const plans = plansOf(connection, list);
    assert.deepEqual(slowSteps(plans), [], plans.flatMap(({ steps }) => steps).join('\n'));
    return plans.flatMap(({ steps }) => steps);
  };

  it('sees a slow list', () => {
    const unsorted = plansOf(connection, ({ database }) => database.all('SELECT * FROM runs ORDER BY title'));
    assert.equal(slowSteps(unsorted).length, 2, JSON.stringify(unsorted));
  });

  for (const [name, filter] of Object.entries(FILTERS)) {
    it(`pages of runs by their index, filter: ${name}`, () => {
      for (const workspace of [{}, { workspace: PLACES }]) {
        for (const page of [{}, { after: AFTER }, SPAN, { ...SPAN, after: AFTER }]) {
          isFast((context) => historyRuns(context, { ...filter, ...workspace, ...page, limit: LIMIT }));
        }
      }
    });

    it(`counts of the days and what goes on, filter: ${name}`, () => {
      for (const workspace of [{}, { workspace: PLACES }]) {
        isFast((context) => historyCounts(context, { ...filter, ...workspace, boundaries: [SPAN.until, SPAN.from] }));
        isFast((context) => historyUnfinished(context, { ...filter, ...workspace }));
      }
    });
  }

  it('what runs go on by the index of those alone, however many have ended here', () => {
    const steps = isFast((context) => historyUnfinished(context, { workspace: PLACES }));
    assert.ok(
      steps.some((step) => / runs USING INDEX runs_unfinished/.test(step)),
      steps.join('\n'),
    );
  });

  it('runs of a model by one look into its index each', () => {
    const steps = isFast((context) =>
      historyRuns(context, { model: 'xai/grok-4', workspace: '/home/a', limit: LIMIT }),
    );
    const look = /^SEARCH conversations .*USING COVERING INDEX conversations_by_model \(model=\? AND run_id=\?\)/;
    assert.equal(steps.filter((step) => look.test(step)).length, 2, steps.join('\n'));
  });

  it('runs of a model that was called a few times by these calls', () => {
    const plans = plansOf(connection, (context) => historyRuns(context, { model: 'rare', limit: LIMIT }));
    const steps = plans.flatMap(({ steps }) => steps);
    const calls = steps.filter((step) =>
      /^SEARCH conversations .*USING COVERING INDEX conversations_by_model/.test(step),
    );
    assert.equal(calls.length, 3, steps.join('\n'));
    assert.ok(
      steps.some((step) => /^SEARCH runs USING INDEX .*run_id=\?/.test(step)),
      steps.join('\n'),
    );
  });

  it('conversations of some time by their time', () => {
    const steps = isFast((context) => historyConversations(context, { from: SPAN.from, limit: LIMIT }));
    assert.ok(
      steps.some((step) => /USING COVERING INDEX conversations_by_time/.test(step)),
      steps.join('\n'),
    );
  });

  it('what can be chosen without looking at every row', () => {
    isFast((context) => historyFacets(context));
  });

  it('hits of a search in their run one by one, in no order of the runs', () => {
    const steps = isFast((context) =>
      historyConversations(context, { workspace: '/home/a', search: 'heron', limit: LIMIT }),
    );
    assert.deepEqual(
      steps.filter((step) => /^LIST SUBQUERY/.test(step) && /runs/.test(step)),
      [],
    );
    assert.ok(
      steps.some((step) => /^SEARCH conversations USING INTEGER PRIMARY KEY/.test(step)),
      steps.join('\n'),
    );
    assert.ok(
      steps.some((step) => /^SEARCH runs USING INDEX .*\(run_id=\?\)/.test(step)),
      steps.join('\n'),
    );
  });

  it('counts many hits of a search in a list of what is there, without reading their texts', () => {
    connection.execute(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n <= ${MANY_HITS})
      INSERT INTO conversations (task_id, type, messages, model, created_at, run_id, account, status, response)
      SELECT 'r', 'x', '[]', 'xai/grok-4', '2026-01-01', 'r', 'a', 'completed', 'heron' FROM numbers`);
    const query = { workspace: '/home/a', search: 'heron', limit: LIMIT };
    const totals: number[] = [];
    const counting = (): string[] => {
      const plans = plansOf(connection, (context) => totals.push(historyConversations(context, query).total));
      const counts = plans.filter(({ sql }) => sql.includes('count(*)'));
      return (counts.at(-1)?.steps ?? []).filter((step) => / (conversations|runs) /.test(step));
    };
    assert.deepEqual(counting(), [
      'SEARCH conversations USING COVERING INDEX conversations_by_run (run_id=?)',
      'SEARCH runs USING COVERING INDEX runs_by_workspace (workspace=?)',
    ]);
    connection.execute(`
      INSERT INTO runs (run_id, epoch, status, kind, title, workspace, task_count, succeeded, failed, skipped, tokens, created_at, updated_at)
      VALUES ('r', 1, 'completed', 'review', 'T', '/home/a', 1, 1, 0, 0, '{}', '2026', '2026')`);
    counting();
    assert.deepEqual(totals, [0, MANY_HITS + 1]);
  });

  it('pages of conversations by number', () => {
    for (const page of [{}, { afterId: 5_000 }, { runId: 'r' }, { runId: 'r', afterId: 5_000 }]) {
      isFast((context) => historyConversations(context, { ...page, limit: LIMIT }));
    }
  });

  it('where a page begins by one index', () => {
    const [page] = isFast((context) =>
      historyRuns(context, { workspace: '/home/a', after: AFTER, limit: LIMIT }),
    ).filter((step) => / runs /.test(step));
    assert.match(
      page ?? '',
      /SEARCH runs USING INDEX runs_ended_in_workspace \(workspace=\? AND \(created_at,run_id\)</,
    );
  });

  it('searches conversations by the index of words', () => {
    for (const workspace of [{}, { workspace: PLACES }]) {
      isFast((context) => historyConversations(context, { ...workspace, search: 'heron', limit: LIMIT }));
    }
  });

  it('documents of a run by its tasks', () => {
    const plans = plansOf(connection, (context) => listDocuments(context, { runId: 'r', limit: LIMIT, offset: 0 }));
    const scans = plans.flatMap(({ steps }) => steps).filter((step) => /^SCAN (?!\w+ VIRTUAL)/.test(step));
    // The few of the run are sorted.
    assert.deepEqual(scans, []);
  });
});
