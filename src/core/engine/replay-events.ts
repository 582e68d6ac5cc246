import type { EnsembleEvent, EventBody, RunSummary } from '../events.ts';
import type { RunMessage } from '../messages/run-message.ts';
import type { RunResult } from '../results.ts';
import { advance, advanceTask, type Changes, type TaskEntry } from './apply.ts';
import { waveOf } from './grow.ts';
import type { EntryDraft, JournalEntry } from './journal-entry.ts';
import { hasEnded, initialState, type RunState, type TaskState, taskOf } from './state.ts';
import { agentOf, toolEventsOf } from './tool-events.ts';

/**
 * Applies the entry that comes next, and adds the events that it stands for to `events`. Live runs and replays use this one function, so a late listener hears the same as an early one.
 */
export function advanceWithEvents(
  state: RunState,
  entry: EntryDraft,
  at: string,
  changed: Changes,
  events: EnsembleEvent[],
): void {
  if (entry.instanceId !== null) {
    advanceTaskWithEvents(state, taskOf(state, entry.instanceId), entry as TaskEntry, at, changed, events);
    return;
  }
  const known = state.tasks.size;
  advance(state, entry, at, changed);
  tellOfRun(state, entry, known, telling(state, at, events));
}

/** {@link advanceWithEvents} for an entry that speaks of this task. */
export function advanceTaskWithEvents(
  state: RunState,
  task: TaskState,
  entry: TaskEntry,
  at: string,
  changed: Changes,
  events: EnsembleEvent[],
): void {
  const startsWave = entry.kind === 'task-started' && !waveOf(state, task).started;
  advanceTask(state, task, entry, at, changed);
  if (startsWave) tellWaveStart(state, task, telling(state, at, events));
  // Every task has these two, so they are made in one piece.
  if (entry.kind === 'task-started') events.push(startOf(state, task, entry.attempt, at));
  else if (entry.kind === 'task-completed') events.push(completionOf(state, task, at));
  else tellOfTask(state, task, entry, telling(state, at, events));
  // An effect of an attempt that has ended is refused, so this is the entry that ended the task.
  if (hasEnded(task) && waveOf(state, task).open === 0) tellWaveEnd(state, task, telling(state, at, events));
}

function startOf({ runId, seq }: RunState, task: TaskState, attempt: number, at: string): EnsembleEvent {
  const { id: taskId, description, priority } = task.spec;
  const agentName = agentOf(task);
  return { type: 'task:start', taskId, agentName, description, priority, attempt, schema: 1, runId, seq, at };
}

function completionOf({ runId, seq }: RunState, task: TaskState, at: string): EnsembleEvent {
  const { spec, tokens, costUSD, durationMs } = task;
  return {
    type: 'task:complete',
    taskId: spec.id,
    agentName: agentOf(task),
    success: true,
    duration: durationMs ?? 0,
    tokensUsed: tokens.input + tokens.output,
    tokens,
    costUSD,
    schema: 1,
    runId,
    seq,
    at,
  };
}

/** Tells the events of the entry that was applied last. */
function telling({ runId, seq }: RunState, at: string, events: EnsembleEvent[]): Tell {
  return (body) => {
    events.push({ ...body, schema: 1, runId, seq, at });
  };
}

/** The journaled events of a run, from its entries. */
export function eventsOf(entries: readonly JournalEntry[]): EnsembleEvent[] {
  const events: EnsembleEvent[] = [];
  const state = initialState(entries[0]?.runId ?? '');
  for (const entry of entries) {
    state.epoch = entry.epoch;
    advanceWithEvents(state, entry, entry.at, null, events);
  }
  return events;
}

type Tell = (body: EventBody) => void;

/** `known`: how many tasks there were before the entry. */
function tellOfRun(state: RunState, entry: EntryDraft, known: number, tell: Tell): void {
  switch (entry.kind) {
    case 'graph-extended':
      if (entry.payload.by === null) tellRunStart(state, tell);
      for (const { spec, parent } of [...state.tasks.values()].slice(known)) {
        const { id, agent, description, priority, dependencies } = spec;
        const parentId = parent?.spec.id ?? null;
        tell({ type: 'task:added', taskId: id, agentName: agent, description, priority, dependencies, parentId });
      }
      return;
    case 'run-resumed':
      // What listens from here on learns which run this is; its tasks are told of as they start.
      tellRunStart(state, tell);
      return;
    case 'run-interrupted': {
      const { error } = entry.payload;
      tell({ type: 'workflow:error', error });
      tell({ type: 'run:suspended', reason: error.message });
      return;
    }
    case 'run-suspended':
      tell({ type: 'run:suspended', reason: entry.payload.error.message });
      return;
    case 'run-ended': {
      const { error } = entry.payload;
      const results = entry.payload.result as unknown as RunResult;
      if (error !== null) tell({ type: 'workflow:error', error });
      tell({ type: 'workflow:complete', summary: summaryOf(results) });
      tell({ type: 'workflow:results', results });
    }
  }
}

function tellRunStart({ snapshot, tasks }: RunState, tell: Tell): void {
  const { workflow, title } = snapshot ?? { workflow: null, title: '' };
  tell({ type: 'workflow:start', workflowId: workflow, workflowName: title, taskCount: tasks.size });
}

function tellWaveStart(state: RunState, task: TaskState, tell: Tell): void {
  const { wave, taskIds } = waveOf(state, task);
  tell({ type: 'wave:start', wave, taskIds: [...taskIds] });
}

function tellOfTask(
  state: RunState,
  task: TaskState,
  entry: Exclude<TaskEntry, { kind: 'task-started' | 'task-completed' }>,
  tell: Tell,
): void {
  const taskId = task.spec.id;
  const agentName = agentOf(task);
  switch (entry.kind) {
    case 'approval-asked':
    case 'approval-answered':
      tellOfQuestion(task, entry, tell);
      break;
    case 'task-retry': {
      const { error } = entry.payload;
      tell({ type: 'task:error', taskId, agentName, error, willRetry: true });
      tell({ type: 'task:retry', taskId, attempt: entry.attempt + 1, reason: error.message, account: null });
      break;
    }
    case 'task-interrupted':
      // It goes on when the run is resumed.
      tell({ type: 'task:error', taskId, agentName, error: entry.payload.error, willRetry: true });
      break;
    case 'effect-intent':
    case 'effect-outcome': {
      for (const event of toolEventsOf(task, entry)) tell(event);
      break;
    }
    case 'task-failed':
      tell({ type: 'task:error', taskId, agentName, error: entry.payload.error, willRetry: false });
      break;
    case 'task-skipped':
      tell({ type: 'task:skipped', taskId, agentName, reason: entry.payload.reason });
      break;
    case 'task-cancelled':
      tell({ type: 'task:skipped', taskId, agentName, reason: 'cancelled' });
      break;
    case 'message-sent':
      tellOfMessage(task, 'sent', state.mail?.messages[entry.payload.id - 1], tell);
      break;
    case 'message-refused': {
      const { to, reason } = entry.payload;
      const nothing = { id: 0, kind: 'data', content: '', inReplyTo: null } as const;
      tell({ type: 'agent:message', phase: 'refused', taskId, agentName, from: taskId, to, ...nothing, reason });
      break;
    }
    case 'message-delivered':
      for (const id of entry.payload.ids) tellOfMessage(task, 'delivered', state.mail?.messages[id - 1], tell);
  }
}

function tellOfMessage(
  { spec }: TaskState,
  phase: 'sent' | 'delivered',
  message: RunMessage | undefined,
  tell: Tell,
): void {
  if (!message) return;
  const { id, from, to, kind, content, inReplyTo } = message;
  const event = { phase, taskId: spec.id, agentName: spec.agent, id, from, to, kind, content, inReplyTo };
  tell({ type: 'agent:message', ...event, reason: null });
}

type QuestionDraft = Extract<EntryDraft, { kind: `approval-${string}` }>;

function tellOfQuestion({ spec, questions }: TaskState, { kind, payload }: QuestionDraft, tell: Tell): void {
  const { id: taskId, agent: agentName } = spec;
  const { key, actionHash } = payload;
  const question = { taskId, agentName, actionHash, target: questions?.get(key)?.title ?? '' };
  if (kind === 'approval-asked') tell({ type: 'approval:asked', ...question });
  else tell({ type: 'approval:answered', ...question, approved: payload.approved });
}

/** A wave that grows after it was complete becomes complete once more. */
function tellWaveEnd(state: RunState, task: TaskState, tell: Tell): void {
  const { wave, taskIds, started, open } = waveOf(state, task);
  if (started && open === 0) tell({ type: 'wave:complete', wave, taskIds: [...taskIds] });
}

function summaryOf({ totals }: RunResult): RunSummary {
  return {
    totalTasks: totals.tasks,
    successfulTasks: totals.succeeded,
    failedTasks: totals.failed,
    skippedTasks: totals.skipped,
    totalTokens: totals.tokens.input + totals.tokens.output,
    totalDuration: totals.durationMs,
    totalCostUSD: totals.costUSD,
  };
}
