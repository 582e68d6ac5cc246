import type { EnsembleEvent } from '../../../core/events.ts';
import { toolLine } from '../../../core/tool-line.ts';

/** What the display knows of one task. */
export interface TaskView {
  readonly id: string;
  readonly agent: string;
  readonly status: 'pending' | 'running' | 'retrying' | 'completed' | 'failed' | 'skipped';
  readonly model: string | null;
  readonly account: string | null;
  /** Input and output together; while the task runs an estimate from the streamed text. */
  readonly tokens: number;
  readonly estimated: boolean;
  /** Epoch ms; null before the first attempt. */
  readonly startedAt: number | null;
  /** Characters streamed by the present attempt. */
  readonly streamed: number;
  /** Why it failed, is repeated or was left out. */
  readonly reason: string | null;
}

/** What the display knows of a run: the fold of its events. */
export interface ProgressState {
  readonly name: string;
  readonly startedAt: number | null;
  readonly tasks: ReadonlyMap<string, TaskView>;
  /** Tokens and cost of ended tasks; null: a price was unknown. */
  readonly tokens: number;
  readonly costUSD: number | null;
  /** What holds the run up; it is over at `until` (epoch ms), null: until something else is. */
  readonly notice: { readonly text: string; readonly until: number | null } | null;
}

/** Before the first event. */
export const NO_PROGRESS: ProgressState = {
  name: '',
  startedAt: null,
  tasks: new Map(),
  tokens: 0,
  costUSD: 0,
  notice: null,
};

/** Characters of a token of streamed text, roughly; only for the moving number while an agent answers. */
const CHARACTERS_PER_TOKEN = 4;

/** Folds one event in. Pure. */
export function progressAfter(state: ProgressState, event: EnsembleEvent): ProgressState {
  switch (event.type) {
    case 'workflow:start':
      return { ...state, name: event.workflowName, startedAt: Date.parse(event.at) };
    case 'task:added':
      return withTask(state, event.taskId, { agent: event.agentName });
    case 'task:start':
      return withTask(state, event.taskId, {
        agent: event.agentName,
        status: 'running',
        startedAt: state.tasks.get(event.taskId)?.startedAt ?? Date.parse(event.at),
        streamed: 0,
        reason: null,
      });
    case 'agent:invoke':
      return withTask(state, event.taskId, {
        status: 'running',
        model: event.model,
        account: event.account,
        reason: null,
      });
    case 'agent:handoff':
      return event.accepted ? withTask(state, event.taskId, { agent: event.to }) : state;
    case 'tool:call':
      return withTask(state, event.taskId, { reason: toolLine(event.tool, event.arguments) });
    case 'approval:asked':
      return withTask(state, event.taskId, { reason: `waits for a decision: ${event.target}` });
    case 'tool:result':
    case 'approval:answered':
      return withTask(state, event.taskId, { reason: null });
    case 'task:delta':
      return withDelta(state, event.taskId, event.text.length);
    case 'task:retry':
      return withTask(state, event.taskId, { status: 'retrying', streamed: 0, tokens: 0, reason: event.reason });
    case 'task:complete': {
      const costUSD = state.costUSD === null || event.costUSD === null ? null : state.costUSD + event.costUSD;
      const next = { ...state, tokens: state.tokens + event.tokensUsed, costUSD };
      return withTask(next, event.taskId, {
        status: 'completed',
        tokens: event.tokensUsed,
        estimated: event.tokens.estimated,
        reason: null,
      });
    }
    case 'task:error':
      return withTask(state, event.taskId, failureOf(event));
    case 'task:skipped':
      return withTask(state, event.taskId, { status: 'skipped', reason: event.reason });
    case 'account:cooldown':
      return { ...state, notice: { text: `${event.account} pauses (${event.cause})`, until: Date.parse(event.until) } };
    case 'budget:refused':
      return { ...state, notice: { text: `Budget: ${event.reason}`, until: null } };
    case 'run:suspended':
      return { ...state, notice: { text: event.reason, until: null } };
    default:
      return state;
  }
}

function failureOf({ willRetry, error }: Extract<EnsembleEvent, { readonly type: 'task:error' }>): Partial<TaskView> {
  return { status: willRetry ? 'retrying' : 'failed', reason: error.message };
}

function withTask(state: ProgressState, id: string, change: Partial<TaskView>): ProgressState {
  const before: TaskView = state.tasks.get(id) ?? {
    id,
    agent: id,
    status: 'pending',
    model: null,
    account: null,
    tokens: 0,
    estimated: false,
    startedAt: null,
    streamed: 0,
    reason: null,
  };
  return { ...state, tasks: new Map(state.tasks).set(id, { ...before, ...change }) };
}

function withDelta(state: ProgressState, id: string, length: number): ProgressState {
  const streamed = (state.tasks.get(id)?.streamed ?? 0) + length;
  return withTask(state, id, { streamed, tokens: Math.ceil(streamed / CHARACTERS_PER_TOKEN), estimated: true });
}
