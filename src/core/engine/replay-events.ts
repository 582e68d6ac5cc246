import type { EnsembleEvent, EventBody } from '../events.ts';
import type { RunResult } from '../results.ts';
import { apply } from './apply.ts';
import type { JournalEntry } from './journal-entry.ts';
import { hasEnded, initialState, type RunState, type TaskState } from './state.ts';

/**
 * Applies an entry and returns the events that it stands for. Live runs and replays use this one function, so a late
 * listener hears the same as an early one.
 */
export function applyWithEvents(state: RunState, entry: JournalEntry): EnsembleEvent[] {
  const task = entry.instanceId === null ? undefined : state.byInstance.get(entry.instanceId);
  const waveWasStarted = task ? (state.waves[task.wave - 1]?.started ?? false) : true;
  const before = state.tasks.size;
  apply(state, entry);
  const bodies = [...(task ? taskEvents(state, task, entry, waveWasStarted) : runEvents(state, entry, before))];
  return bodies.map((body) => ({ ...body, schema: 1, runId: entry.runId, seq: entry.seq, at: entry.at }));
}

/** The journaled events of a run, from its entries. */
export function eventsOf(entries: readonly JournalEntry[]): EnsembleEvent[] {
  const first = entries[0];
  if (!first) return [];
  const state = initialState(first.runId);
  return entries.flatMap((entry) => applyWithEvents(state, entry));
}

function* runEvents(state: RunState, entry: JournalEntry, tasksBefore: number): Generator<EventBody> {
  switch (entry.kind) {
    case 'graph-extended':
      if (entry.payload.by === null) {
        const { workflow, title } = state.snapshot ?? { workflow: null, title: '' };
        yield { type: 'workflow:start', workflowId: workflow, workflowName: title, taskCount: state.tasks.size };
      }
      for (const task of [...state.tasks.values()].slice(tasksBefore)) yield added(task);
      return;
    case 'run-interrupted':
      yield { type: 'run:suspended', reason: entry.payload.error.message };
      return;
    case 'run-ended': {
      if (entry.payload.error) yield { type: 'workflow:error', error: entry.payload.error };
      yield { type: 'workflow:complete', summary: summaryOf(state) };
      yield { type: 'workflow:results', results: entry.payload.result as unknown as RunResult };
    }
  }
}

function added({ spec }: TaskState): EventBody {
  const { id, agent, description, priority, dependencies } = spec;
  return { type: 'task:added', taskId: id, agentName: agent, description, priority, dependencies };
}

function* taskEvents(
  state: RunState,
  task: TaskState,
  entry: JournalEntry,
  waveWasStarted: boolean,
): Generator<EventBody> {
  const { id: taskId, agent: agentName, description, priority } = task.spec;
  const wave = state.waves[task.wave - 1];
  switch (entry.kind) {
    case 'task-started':
      if (wave && !waveWasStarted) yield { type: 'wave:start', wave: wave.wave, taskIds: [...wave.taskIds] };
      yield { type: 'task:start', taskId, agentName, description, priority, attempt: entry.attempt };
      return;
    case 'task-retry':
      yield { type: 'task:error', taskId, agentName, error: entry.payload.error, willRetry: true };
      yield {
        type: 'task:retry',
        taskId,
        attempt: entry.attempt + 1,
        reason: entry.payload.error.message,
        account: null,
      };
      return;
    case 'task-completed': {
      const { tokens, costUSD } = entry.payload;
      const duration = task.durationMs ?? 0;
      const tokensUsed = tokens.input + tokens.output;
      yield { type: 'task:complete', taskId, agentName, success: true, duration, tokensUsed, tokens, costUSD };
      break;
    }
    case 'task-failed':
      yield { type: 'task:error', taskId, agentName, error: entry.payload.error, willRetry: false };
      break;
    case 'task-skipped':
      yield { type: 'task:skipped', taskId, agentName, reason: entry.payload.reason };
      break;
    case 'task-cancelled':
      yield { type: 'task:skipped', taskId, agentName, reason: 'cancelled' };
  }
  if (wave?.open === 0 && wave.started && hasEnded(task))
    yield { type: 'wave:complete', wave: wave.wave, taskIds: [...wave.taskIds] };
}

function summaryOf(state: RunState): Extract<EventBody, { type: 'workflow:complete' }>['summary'] {
  const { succeeded, failed, skipped } = state.counts;
  return {
    totalTasks: state.tasks.size,
    successfulTasks: succeeded,
    failedTasks: failed,
    skippedTasks: skipped,
    totalTokens: state.tokens.input + state.tokens.output,
    totalDuration: runDurationMs(state),
    totalCostUSD: state.costUSD,
  };
}

/** From the first entry to the last, ms; time in which nobody owned the run counts too. */
export function runDurationMs(state: RunState): number {
  if (state.startedAt === null || state.endedAt === null) return 0;
  return Math.max(0, Date.parse(state.endedAt) - Date.parse(state.startedAt));
}
