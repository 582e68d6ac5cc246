import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { SystemClock } from '../../../../src/adapters/system-clock.ts';
import { type GraphTask, runGraph } from '../../../../src/core/engine/run-graph.ts';
import { heapInUse } from '../../../support/heap.ts';

const environment = { clock: new SystemClock(), random: () => 0.5 };

/** Ten tasks in a layer; each depends on three of the layer before. */
function layers(count: number): GraphTask[] {
  return Array.from({ length: count }, (_, index) => {
    const above = Math.floor(index / 10) * 10 - 10;
    const dependencies = above < 0 ? [] : [0, 3, 7].map((step) => `t${above + ((index + step) % 10)}`);
    return { id: `t${index}`, dependencies };
  });
}

/** One whole run: retries, a failure, a fallback, a time limit. */
async function variedRun(): Promise<void> {
  const tasks: GraphTask[] = layers(30).map((task) => ({ ...task, timeoutMs: 60_000, onError: 'continue' }));
  const attempts = new Map<string, number>();
  const { status } = await runGraph(
    {
      tasks: [
        ...tasks,
        { id: 'flaky', retry: { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 } },
        { id: 'other', fallback: () => 'instead' },
      ],
      journal: new MemoryJournal(),
      onEvent: () => undefined,
      execute: async ({ id }, { signal, inputs }) => {
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        signal.throwIfAborted();
        if (id === 't7' || id === 'other' || (id === 'flaky' && attempts.get(id) === 1)) throw new Error('no');
        return Object.keys(inputs).length;
      },
    },
    environment,
  );
  assert.equal(status, 'partial');
}

describe('under load', () => {
  for (const journal of [null, new MemoryJournal()]) {
    it(`a graph of 10,000 tasks runs ${journal === null ? 'bare' : 'on a journal, with events'}`, async () => {
      const tasks = layers(10_000);
      let events = 0;
      const { status, outputs } = await runGraph(
        {
          tasks,
          concurrency: 50,
          execute: async ({ id }, { inputs }) => Object.keys(inputs).length + id.length,
          ...(journal === null ? {} : { journal, onEvent: () => void events++ }),
        },
        environment,
      );
      assert.equal(status, 'completed');
      assert.equal(Object.keys(outputs).length, 10_000);
      assert.equal(outputs.t9999, 8);
      if (journal !== null) {
        // Start and end of the run with its results, of 1,000 waves, and three of each task.
        assert.equal(events, 1 + 2_000 + 30_000 + 2);
        const [record] = journal.records();
        assert.deepEqual([record?.status, record?.succeeded], ['completed', 10_000]);
      }
    });
  }

  it('a chain of 10,000 tasks does not pile up calls', async () => {
    const tasks = Array.from({ length: 10_000 }, (_, index) => {
      return { id: `t${index}`, dependencies: index === 0 ? [] : [`t${index - 1}`] };
    });
    const { status } = await runGraph({ tasks, execute: () => null }, environment);
    assert.equal(status, 'completed');
  });

  it('100 runs after another leave nothing behind', async () => {
    for (let run = 0; run < 20; run++) await variedRun();
    const [heap, resources] = [await heapInUse(), process.getActiveResourcesInfo()];
    for (let run = 0; run < 100; run++) await variedRun();
    const grown = (await heapInUse()) - heap;
    assert.ok(grown < 1_000_000, `the heap has grown by ${(grown / 1e6).toFixed(2)} MB`);
    assert.deepEqual(process.getActiveResourcesInfo().sort(), resources.sort());
  });
});
