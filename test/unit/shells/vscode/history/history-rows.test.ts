import assert from 'node:assert/strict';
import type { Ensemble } from '../../../../../src/core/ensemble.ts';
import type { HistoryQuery } from '../../../../../src/core/history/history.ts';
import type { Page, RunRecord } from '../../../../../src/core/ports.ts';
import { HistoryRows, PAGE } from '../../../../../src/shells/vscode/history/history-rows.ts';
import type { Span } from '../../../../../src/shells/vscode/history/spans.ts';

const SPAN: Span = { key: 'today', kind: 'today', from: '2026-01-01', until: null };
const TOTAL = 3 * PAGE;

/** Runs as the database lists them; what was asked is kept, and answers can be held back. */
function history() {
  const asked: HistoryQuery[] = [];
  let hold: Promise<void> = Promise.resolve();
  const runs = async (query: HistoryQuery): Promise<Page<RunRecord>> => {
    asked.push(query);
    await hold;
    const first = query.after ? Number(query.after.runId.split('-')[1]) + 1 : 0;
    const items = Array.from({ length: query.limit }, (_, index) => run(`${query.status ?? 'run'}-${first + index}`));
    return { items, total: TOTAL };
  };
  const ensemble = { history: { runs }, runs: { get: async (id: string) => ({ record: run(id) }) } };
  return {
    asked,
    rows: new HistoryRows(async () => ensemble as unknown as Ensemble),
    /** Answers nothing until the returned function is called. */
    holdBack(): () => void {
      let go = () => {};
      hold = new Promise((resolve) => {
        go = resolve;
      });
      return go;
    },
  };
}

function run(runId: string): RunRecord {
  return { runId, createdAt: '2026-01-01' } as RunRecord;
}

describe('HistoryRows', () => {
  it('reads the first page of a group once, for all who ask while it is read', async () => {
    const { rows, asked } = history();
    const [ahead, drawn] = await Promise.all([rows.runsOf(SPAN, {}), rows.runsOf(SPAN, {})]);
    assert.equal(asked.length, 1);
    assert.equal(ahead.length, PAGE);
    assert.equal(drawn, ahead);
    assert.equal(rows.left(SPAN.key), TOTAL - PAGE);
  });

  it('holds a page of rows, however many are listed, and reads the others again by their ids', async () => {
    const { rows } = history();
    await rows.runsOf(SPAN, {});
    await rows.moreRuns(SPAN, {});
    await rows.moreRuns(SPAN, {});
    const ids = await rows.runsOf(SPAN, {});
    assert.equal(new Set(ids).size, TOTAL);
    assert.equal(rows.left(SPAN.key), 0);
    assert.equal(rows.held.runs, PAGE);
    assert.equal((await rows.run('run-0'))?.runId, 'run-0');
    assert.equal(rows.groupOf('run-0'), SPAN.key);
  });

  it('does not list rows of a filter that was changed while they were read', async () => {
    const { rows, holdBack } = history();
    const go = holdBack();
    const before = rows.runsOf(SPAN, { status: 'failed' });
    await new Promise(setImmediate);
    rows.clear();
    const after = rows.runsOf(SPAN, { status: 'completed' });
    go();
    assert.equal((await after)[0], 'completed-0');
    await before;
    assert.deepEqual((await rows.runsOf(SPAN, {}))[0], 'completed-0');
    assert.equal(rows.held.runs, PAGE);
  });
});
