import type { EnsembleEvent, EventBody, RunSummary } from '../events.ts';
import type { RunMessage } from '../messages/run-message.ts';
import type { RunResult } from '../results.ts';
import { advance, type Changes } from './apply.ts';
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
  const { runId } = state;
  const seq = state.seq + 1;
  const tell = (body: EventBody): void => {
    events.push({ ...body, schema: 1, runId, seq, at });
  };
  if (entry.kind === 'task-started') tellWaveStart(state, taskOf(state, entry.instanceId), tell);
  const known = state.tasks.size;
  advance(state, entry, at, changed);
  if (entry.instanceId === null) tellOfRun(state, entry, known, tell);
  else tellOfTask(state, taskOf(state, entry.instanceId), entry, tell);
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
  const { wave, taskIds, started } = waveOf(state, task);
  if (!started) tell({ type: 'wave:start', wave, taskIds: [...taskIds] });
}

function tellOfTask(state: RunState, task: TaskState, entry: EntryDraft, tell: Tell): void {
  const { id: taskId, description, priority } = task.spec;
  const agentName = agentOf(task);
  switch (entry.kind) {
    case 'task-started':
      tell({ type: 'task:start', taskId, agentName, description, priority, attempt: entry.attempt });
      break;
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
    case 'task-completed': {
      const { tokens, costUSD, durationMs } = task;
      const spent = { duration: durationMs ?? 0, tokensUsed: tokens.input + tokens.output, tokens, costUSD };
      tell({ type: 'task:complete', taskId, agentName, success: true, ...spent });
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
  // An effect of an attempt that has ended is refused, so this is the entry that ended the task.
  if (hasEnded(task)) tellWaveEnd(state, task, tell);
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
