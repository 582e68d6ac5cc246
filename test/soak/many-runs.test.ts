import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEnsemble } from '../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';
import { runGraph } from '../../src/entries/engine.ts';
import { answer, FakeProvider } from '../support/fake-provider.ts';
import { heapInUse } from '../support/heap.ts';
import { account } from '../support/pool-fixture.ts';

const RUNS = 1_000;
const WARM_RUNS = 100;
const MAX_GROWTH_MB = 5;

/** Does the same over and over, and says what is left of it: megabytes of heap, and resources that keep a process alive. */
async function residueOf(work: () => Promise<void>): Promise<{ grownMB: number; left: string[] }> {
  for (let run = 0; run < WARM_RUNS; run++) await work();
  const [heap, resources] = [await heapInUse(), process.getActiveResourcesInfo()];
  for (let run = 0; run < RUNS; run++) await work();
  const grownMB = ((await heapInUse()) - heap) / 1e6;
  const before = new Map<string, number>();
  for (const name of resources) before.set(name, (before.get(name) ?? 0) + 1);
  const left = process.getActiveResourcesInfo().filter((name) => {
    const count = before.get(name) ?? 0;
    before.set(name, count - 1);
    return count <= 0;
  });
  return { grownMB, left };
}

describe(`soak: ${RUNS} runs in one process`, () => {
  it('of graphs leave no memory and no handles behind', async () => {
    const tasks = Array.from({ length: 50 }, (_, index) => {
      return { id: `t${index}`, dependencies: index < 5 ? [] : [`t${index - 5}`] };
    });
    const { grownMB, left } = await residueOf(async () => {
      const { status } = await runGraph({ tasks, execute: async ({ id }, { inputs }) => ({ id, ...inputs }).id });
      assert.equal(status, 'completed');
    });
    console.log(`      heap growth ${grownMB.toFixed(2)} MB`);
    assert.ok(grownMB <= MAX_GROWTH_MB, `${grownMB} MB`);
    assert.deepEqual(left, []);
  });

  it('of the whole product on a database leave no memory and no handles behind', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'ensemble-soak-'));
    const subtasks = ['a', 'b', 'c'].map((id) => {
      return {
        id,
        title: id,
        description: id,
        role: 'writer',
        complexity: 'simple',
        dependencies: id === 'c' ? ['a'] : [],
      };
    });
    // A new one for each run, as it records its calls.
    let provider = new FakeProvider(() => []);
    const ensemble = await createEnsemble({
      config: { ...DEFAULT_CONFIG, accounts: [account('one')], budget: { ...DEFAULT_CONFIG.budget, perDayUSD: null } },
      databaseFile: path.join(folder, 'soak.db'),
      workspace: null,
      secrets: { get: async () => 'sk-none', set: async () => {}, delete: async () => {} },
      approver: { ask: async () => true },
      providerFor: async () => ({
        capabilities: provider.capabilities,
        listModels: () => provider.listModels(),
        stream: (call, signal) => provider.stream(call, signal),
      }),
    });
    try {
      let run = 0;
      const { grownMB, left } = await residueOf(async () => {
        provider = new FakeProvider((call) =>
          answer(call.responseSchema?.name === 'plan' ? JSON.stringify({ subtasks }) : 'fine'),
        );
        const request = {
          kind: 'run',
          task: `Task ${run++}`,
          context: null,
          strategy: 'adaptive',
          maxSubTasks: 5,
        } as const;
        const { status } = await ensemble.run({ ...request, saveDocument: false }, { onEvent: () => undefined });
        assert.equal(status, 'completed');
      });
      console.log(`      heap growth ${grownMB.toFixed(2)} MB`);
      assert.ok(grownMB <= MAX_GROWTH_MB, `${grownMB} MB`);
      assert.deepEqual(left, []);
    } finally {
      await ensemble.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
