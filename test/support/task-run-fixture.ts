import assert from 'node:assert/strict';
import { MemoryJournal } from '../../src/adapters/storage/memory/memory-journal.ts';
import { openMemoryStorage } from '../../src/adapters/storage/memory/open-memory-storage.ts';
import type { CallOptions } from '../../src/core/accounts/types.ts';
import type { AgentExecutor } from '../../src/core/agents/agent-executor.ts';
import type { ToolBox } from '../../src/core/agents/tools/tool-box.ts';
import type { RunBehaviour } from '../../src/core/engine/engine.ts';
import type { TaskSpec } from '../../src/core/graph/types.ts';
import type { CallOutcome, ModelRequest } from '../../src/core/model.ts';
import { concludeTask } from '../../src/core/planning/conclude-task.ts';
import type { RunJournal } from '../../src/core/ports.ts';
import type { TaskRequest } from '../../src/core/requests.ts';
import type { RunResult } from '../../src/core/results.ts';
import { FakePool } from '../unit/core/agents/fakes.ts';
import { agentExecutor } from './agent-fixture.ts';
import { engineOn, finish, snapshot } from './engine-fixture.ts';
import { FakeClock } from './fake-clock.ts';

/** What a model is asked, as far as a script needs it. */
export interface Asked {
  readonly request: ModelRequest;
  readonly purpose: string;
  /** Last part of the instance id. */
  readonly taskId: string;
  /** The user's messages, joined. */
  readonly told: string;
  /** How often this task was asked before. */
  readonly before: number;
  readonly options: CallOptions | undefined;
}

/** A pool that answers by what is asked and keeps everything that was. */
export class AnsweringPool extends FakePool {
  readonly asked: Asked[] = [];
  readonly #answer: (asked: Asked) => CallOutcome | Promise<CallOutcome>;

  constructor(answer: (asked: Asked) => CallOutcome | Promise<CallOutcome>) {
    super();
    this.#answer = answer;
  }

  override async call(request: ModelRequest, options?: CallOptions): Promise<CallOutcome> {
    const { instanceId, purpose } = request.attribution;
    const taskId = instanceId.slice(instanceId.lastIndexOf('/') + 1);
    const told = request.messages.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).join('\n\n');
    const before = this.asked.filter((one) => one.taskId === taskId).length;
    const asked = { request, purpose, taskId, told, before, options };
    this.asked.push(asked);
    return this.#answer(asked);
  }

  /** All that a task was told in its last turn. */
  told(taskId: string): string {
    return this.asked.findLast((one) => one.taskId === taskId)?.told ?? assert.fail(`${taskId} was never asked`);
  }
}

/** The executor that the product has, on a pool that is scripted. */
export function executorOn(pool: FakePool, toolsOf: () => ToolBox | null = () => null): AgentExecutor {
  return agentExecutor(pool, {
    conversations: openMemoryStorage().stores.conversations,
    context: { strategy: 'shared', pruningThreshold: 10_000 },
    toolsOf,
  });
}

/** A request with the usual parts. */
export const TASK_REQUEST: TaskRequest = {
  kind: 'run',
  task: 'Make a shop',
  context: null,
  strategy: 'adaptive',
  maxSubTasks: 5,
  saveDocument: false,
};

/** Settings of calls without limits. */
export const NO_LIMITS = { budget: { usd: null, tokens: null }, loadBalancing: null } as const;

function behaviourOn(pool: FakePool, toolsOf?: () => ToolBox | null): RunBehaviour {
  return {
    executor: executorOn(pool, toolsOf),
    conclude: async (ended) => ({ result: concludeTask(ended.tasks).markdown, llm: true, documentId: null }),
    onEvent: null,
  };
}

/** Sees a run through on a fake clock. */
export async function runTasks<Journal extends RunJournal = MemoryJournal>(
  pool: FakePool,
  tasks: readonly TaskSpec[],
  {
    parallel = 3,
    journal = new MemoryJournal() as RunJournal as Journal,
    clock = new FakeClock(),
    toolsOf,
  }: {
    readonly parallel?: number;
    readonly journal?: Journal;
    readonly clock?: FakeClock;
    readonly toolsOf?: () => ToolBox | null;
  } = {},
): Promise<{ result: RunResult; journal: Journal }> {
  const plan = { runId: 'R', snapshot: snapshot(parallel), tasks };
  const handle = await engineOn(journal, clock).start(plan, behaviourOn(pool, toolsOf));
  return { result: await finish(clock, handle.result), journal };
}

/** Sees a run to its end that was cut off. */
export async function resumeTasks(
  pool: FakePool,
  { journal, clock }: { readonly journal: RunJournal; readonly clock: FakeClock },
): Promise<RunResult> {
  const handle = await engineOn(journal, clock).resume('R', () => behaviourOn(pool));
  return finish(clock, handle.result);
}
