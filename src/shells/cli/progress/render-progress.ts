import type { EnsembleEvent } from '../../../core/events.ts';
import { toolLine } from '../../../core/tool-line.ts';
import { compact, duration, elapsed, usd } from '../format.ts';
import { clip, pad } from '../layout.ts';
import { oneLine } from '../sanitize.ts';
import type { Style } from '../style.ts';
import type { ProgressState, TaskView } from './progress-state.ts';

/** The room there is, and the moment to draw. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Epoch ms. */
  readonly now: number;
  readonly style: Style;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_MS = 100;
/** More lines than this are no overview any more. */
const MAX_TASK_LINES = 16;
/** Wider lines are hard to follow from the agent's name to its figures. */
const MAX_COLUMNS = 100;

/** Lines of one frame, none wider than the terminal: a summary, then the agents, those at work first. */
export function renderProgress(state: ProgressState, frame: Frame): string[] {
  const width = Math.min(MAX_COLUMNS, frame.columns - 1);
  const tasks = [...state.tasks.values()];
  const room = Math.max(1, Math.min(MAX_TASK_LINES, frame.rows - 4));
  const chosen = choose(tasks, room);
  const hidden = tasks.length - chosen.length;
  const lines = [headline(state, tasks, width, frame), ...chosen.map((task) => taskLine(task, width, frame))];
  if (hidden > 0) lines.push(frame.style.dim(clip(`  … and ${hidden} more`, width)));
  const { notice } = state;
  if (notice && (notice.until === null || notice.until > frame.now)) {
    lines.push(frame.style.yellow(clip(`  ! ${oneLine(notice.text)}`, width)));
  }
  return lines;
}

/** All tasks in their order when they fit; else those at work, then failed ones, then the next, then the latest ended. */
function choose(tasks: readonly TaskView[], room: number): TaskView[] {
  if (tasks.length <= room) return [...tasks];
  const rank = ({ status }: TaskView) => {
    if (status === 'running' || status === 'retrying') return 0;
    if (status === 'failed') return 1;
    return status === 'pending' ? 2 : 3;
  };
  const first = tasks.toSorted((a, b) => rank(a) - rank(b)).slice(0, room);
  return tasks.filter((task) => first.includes(task));
}

function headline(state: ProgressState, tasks: readonly TaskView[], width: number, { now, style }: Frame): string {
  const ended = tasks.filter(
    ({ status }) => status === 'completed' || status === 'failed' || status === 'skipped',
  ).length;
  const running = tasks.reduce((sum, task) => (task.status === 'running' ? sum + task.tokens : sum), 0);
  const facts = [
    `${ended}/${tasks.length} done`,
    `${compact(state.tokens + running)} tokens`,
    ...(state.costUSD === null || state.costUSD > 0 ? [usd(state.costUSD)] : []),
    elapsed(state.startedAt === null ? 0 : now - state.startedAt),
  ].join('  ');
  const name = clip(oneLine(state.name) || 'Starting', Math.max(8, width - facts.length - 2));
  return `${style.bold(name)}  ${style.dim(facts)}`;
}

function taskLine(task: TaskView, width: number, { now, style }: Frame): string {
  const tokens = task.tokens > 0 ? `${task.estimated ? '~' : ''}${compact(task.tokens)}` : '';
  const time = task.startedAt !== null && isLive(task) ? elapsed(now - task.startedAt) : '';
  const figures = `${pad(tokens, 7, 'right')} ${pad(time, 6, 'right')}`;
  const room = width - 4 - figures.length - 1;
  const nameWidth = Math.min(28, Math.max(12, Math.floor(room * 0.35)));
  const name = pad(clip(oneLine(task.id), nameWidth), nameWidth);
  const note = pad(clip(oneLine(noteOf(task)), room - nameWidth - 1), room - nameWidth - 1);
  const paint = task.status === 'failed' ? style.red : style.dim;
  return `  ${symbolOf(task, now, style)} ${name} ${paint(note)} ${style.dim(figures)}`;
}

function isLive({ status }: TaskView): boolean {
  return status === 'running' || status === 'retrying';
}

function noteOf(task: TaskView): string {
  if (task.reason !== null) return task.reason;
  if (task.status === 'pending') return `${task.agent}, waiting`;
  // The vendor stands in the account's name or beside it; the model's own name says more in little room.
  const model = task.model?.slice(task.model.indexOf('/') + 1) ?? null;
  if (model !== null) return `${task.agent}, ${model} on ${task.account}`;
  return task.status === 'running' ? `${task.agent}, waiting for an account` : task.agent;
}

function symbolOf(task: TaskView, now: number, style: Style): string {
  switch (task.status) {
    case 'pending':
      return style.dim('○');
    case 'running':
      return style.cyan(SPINNER[Math.floor(now / SPINNER_MS) % SPINNER.length] ?? '·');
    case 'retrying':
      return style.yellow('↻');
    case 'completed':
      return style.green('✔');
    case 'failed':
      return style.red('✖');
    case 'skipped':
      return style.yellow('–');
  }
}

/** What one event is worth as a line of its own, where nothing can be redrawn; null: nothing. */
export function progressLine(event: EnsembleEvent): string | null {
  switch (event.type) {
    case 'workflow:start':
      return `${event.workflowName}: started, run ${event.runId}`;
    case 'agent:invoke':
      return `${event.taskId}: ${event.model} on ${event.account}`;
    case 'tool:call':
      return `${event.taskId}: ${toolLine(event.tool, event.arguments)}`;
    case 'approval:asked':
      return `${event.taskId}: waits for a decision: ${event.target}`;
    case 'approval:answered':
      return `${event.taskId}: ${event.approved ? 'allowed' : 'refused'}, ${event.target}`;
    case 'agent:handoff':
      return event.accepted ? `${event.taskId}: ${event.from} hands over to ${event.to}` : null;
    case 'task:retry':
      return `${event.taskId}: again, ${event.reason}`;
    case 'task:complete':
      return `${event.taskId}: done, ${compact(event.tokensUsed)} tokens, ${duration(event.duration)}`;
    case 'task:error':
      return `${event.taskId}: ${event.willRetry ? 'again' : 'failed'}, ${event.error.message}`;
    case 'task:skipped':
      return `${event.taskId}: left out, ${event.reason}`;
    case 'agent:message':
      if (event.phase === 'delivered') return null;
      return event.phase === 'sent'
        ? `${event.from}: ${event.kind} to ${event.to}`
        : `${event.from}: message not sent, ${event.reason}`;
    case 'account:cooldown':
      return `account ${event.account} pauses: ${event.cause}`;
    case 'budget:refused':
      return `budget: ${event.reason}`;
    case 'run:suspended':
      return `suspended: ${event.reason}`;
    default:
      return null;
  }
}
