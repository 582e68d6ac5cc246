import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import type { CallOptions } from '../../../../src/core/accounts/types.ts';
import type { Strategy } from '../../../../src/core/config.ts';
import type { CallOutcome, ModelRequest } from '../../../../src/core/model.ts';
import { concludeTask } from '../../../../src/core/planning/conclude-task.ts';
import { planTask } from '../../../../src/core/planning/plan-task.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { agentExecutor } from '../../../support/agent-fixture.ts';
import { engineOn, snapshot } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { answered, attempt, FakePool } from '../agents/fakes.ts';

const PLAN = {
  subtasks: [
    {
      id: 'design',
      title: 'Design',
      description: 'Design it',
      role: 'architect',
      complexity: 'complex',
      dependencies: [],
    },
    {
      id: 'build',
      title: 'Build',
      description: 'Build it',
      role: 'coder',
      complexity: 'medium',
      dependencies: ['design'],
    },
    {
      id: 'document',
      title: 'Document',
      description: 'Describe it',
      role: 'writer',
      complexity: 'simple',
      dependencies: [],
    },
  ],
};

const FAILURE: CallOutcome = {
  status: 'failed',
  failure: { cause: 'server-error', status: 500, message: '', retryAfterMs: null, possiblyBilled: true },
  retryAt: null,
  attempts: [attempt({ outcome: 'server-error' })],
};

/** What the user says in a request. */
function textOf({ messages }: ModelRequest): string {
  return messages.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).join('\n\n');
}

/** Answers by what is asked: a plan, a merge, or the sub-task named in the prompt; fails for those in `failing`. */
class RolePool extends FakePool {
  readonly #failing: ReadonlySet<string>;

  constructor(failing: readonly string[]) {
    super();
    this.#failing = new Set(failing);
  }

  override async call(request: ModelRequest, _options?: CallOptions): Promise<CallOutcome> {
    this.requests.push(request);
    const { purpose } = request.attribution;
    if (purpose === 'decomposition') return answered(JSON.stringify(PLAN));
    const [, part] = /# Your sub-task: (\w+)/.exec(textOf(request)) ?? [];
    const name = part ?? purpose;
    return this.#failing.has(name) ? FAILURE : answered(`Answer of ${name}`);
  }

  /** What the agent of a sub-task (or of `aggregation`) was told. */
  told(name: string): string {
    const asked = this.requests.find(
      (request) => request.attribution.purpose === name || textOf(request).includes(`# Your sub-task: ${name}`),
    );
    return asked ? textOf(asked) : '';
  }
}

async function run(
  strategy: Strategy,
  failing: readonly string[] = [],
): Promise<{ result: RunResult; pool: RolePool }> {
  const storage = openMemoryStorage();
  const pool = new RolePool(failing);
  const executor = agentExecutor(pool, {
    conversations: storage.stores.conversations,
    context: { strategy: 'shared', pruningThreshold: 10_000 },
  });
  const engine = engineOn(storage.journal, new FakeClock());
  const request = {
    kind: 'run',
    task: 'Make a shop',
    context: null,
    strategy,
    maxSubTasks: 5,
    saveDocument: false,
  } as const;
  const call = { budget: { usd: null, tokens: null }, loadBalancing: null };
  const handle = await engine.start(
    {
      runId: 'run1',
      snapshot: snapshot(3),
      tasks: planTask(request, { strategy, maxSubTasks: 5, communicates: false, call }),
    },
    {
      executor,
      conclude: async ({ tasks }) => ({ result: concludeTask(tasks).markdown, llm: true, documentId: null }),
      onEvent: () => undefined,
    },
  );
  const result = await handle.result;
  await storage.close();
  return { result, pool };
}

const statesOf = (result: RunResult) => Object.fromEntries(result.tasks.map(({ id, status }) => [id, status]));

describe('a task run', () => {
  it('plans, does the sub-tasks in order and merges their results', async () => {
    const { result, pool } = await run('adaptive');
    assert.deepEqual(statesOf(result), {
      plan: 'completed',
      design: 'completed',
      build: 'completed',
      document: 'completed',
      aggregate: 'completed',
    });
    assert.deepEqual([result.status, result.result], ['completed', 'Answer of aggregation']);
    assert.ok(pool.told('Build').includes('Answer of Design') && !pool.told('Build').includes('Answer of Document'));
    for (const name of ['Design', 'Build', 'Document'])
      assert.ok(pool.told('aggregation').includes(`Answer of ${name}`));
  });

  it('gives each sub-task all earlier results under sequential, and none under parallel', async () => {
    const sequential = await run('sequential');
    assert.match(sequential.pool.told('Document'), /Answer of Design[\s\S]*Answer of Build/);
    const parallel = await run('parallel');
    assert.ok(!parallel.pool.told('Build').includes('Answer of'));
  });

  it('goes on when a sub-task fails, tells who needed it, and says what is missing', async () => {
    const { result, pool } = await run('adaptive', ['Design']);
    assert.deepEqual(statesOf(result), {
      plan: 'completed',
      design: 'failed',
      build: 'completed',
      document: 'completed',
      aggregate: 'completed',
    });
    assert.equal(result.status, 'partial');
    assert.match(pool.told('Build'), /This task failed and has no result/);
    assert.match(result.result, /^Answer of aggregation\n\n## Not covered\n\n- \*\*Design\*\*/);
  });

  it('keeps the results when merging fails', async () => {
    const { result } = await run('adaptive', ['aggregation']);
    assert.equal(result.status, 'partial');
    assert.match(result.result, /^# Incomplete result[\s\S]*Answer of Design[\s\S]*Answer of Document/);
  });

  it('begins every call with the same bytes, so that prompt caches hit, and ends it with what changes', async () => {
    const { pool } = await run('adaptive');
    assert.equal(pool.requests.length, 5);
    const stable = pool.requests.map(({ messages }) => messages.slice(0, 2));
    for (const prefix of stable) {
      assert.equal(JSON.stringify(prefix), JSON.stringify(stable[0]));
      assert.ok(prefix.every((message) => message.role !== 'tool' && message.stable === true));
    }
    assert.match(stable[0]?.[1]?.content ?? '', /Make a shop/);
    const rest = pool.requests.map(({ messages }) => JSON.stringify(messages.slice(2)));
    assert.equal(new Set(rest).size, 5);
    assert.ok(rest.every((text) => text.includes('# Your role') && !text.includes('Make a shop')));
  });

  it('merges nothing when every sub-task has failed', async () => {
    const { result, pool } = await run('parallel', ['Design', 'Build', 'Document']);
    assert.equal(statesOf(result).aggregate, 'failed');
    assert.equal(pool.told('aggregation'), '');
    assert.notEqual(result.status, 'completed');
  });
});
