import type { AccountStatus } from '../../../core/accounts/types.ts';
import type { ErrorInfo } from '../../../core/errors.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import type { UsageSummary } from '../../../core/ports.ts';
import {
  type DashboardAccount,
  type DashboardAgent,
  type DashboardProblem,
  type DashboardRun,
  type DashboardRunRow,
  type DashboardTask,
  ERROR_SHOWN,
  NAME_SHOWN,
  QUESTIONS_SHOWN,
  ROWS_SHOWN,
  TASKS_SHOWN,
} from '../../../protocol/dashboard.ts';
import { hasEnded, type RunView, type TaskView } from '../views/agent-views.ts';

/** Links between agents that are drawn at most. */
const LINKS_SHOWN = ROWS_SHOWN * 4;

const clip = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const nameOf = (text: string) => clip(text, NAME_SHOWN);

/** A run in the list. */
export function runRow(run: RunView, active: ReadonlySet<string>): DashboardRunRow {
  return {
    runId: run.runId,
    title: nameOf(run.title),
    status: run.status,
    active: active.has(run.runId),
    startedAt: run.startedAt,
  };
}

/** The run that is shown, with sums over all of its tasks, whichever of them are sent. */
export function runDetail(
  run: RunView,
  active: ReadonlySet<string>,
  offset: number,
  questions: readonly OpenApproval[],
): DashboardRun {
  const tasks = [...(run.tasks?.values() ?? [])];
  const row = runRow(run, active);
  const stopped = run.status === 'interrupted' || run.status === 'suspended' || run.status === 'running';
  const { agents, links } = sumUp(tasks);
  return {
    ...row,
    resumable: stopped && !row.active,
    hasResult: !row.active,
    tokens: run.tokens,
    costUSD: run.costUSD,
    durationMs: run.durationMs,
    error: run.error && problemOf(run.error),
    questions: questions.slice(0, QUESTIONS_SHOWN).map(({ taskId, title }) => ({
      taskId: nameOf(taskId),
      agent: nameOf(run.tasks?.get(taskId)?.agent ?? taskId),
      text: clip(title, ERROR_SHOWN),
    })),
    total: tasks.length,
    succeeded: tasks.filter((task) => task.status === 'completed').length,
    failed: tasks.filter((task) => task.status === 'failed').length,
    ended: tasks.filter(hasEnded).length,
    offset,
    agents,
    links,
  };
}

/** A task without its text. */
export function taskRow(task: TaskView): DashboardTask {
  return {
    id: nameOf(task.taskId),
    label: nameOf(task.description || task.agent),
    agent: nameOf(task.agent),
    status: task.status,
    dependencies: task.dependencies.slice(0, TASKS_SHOWN).map(nameOf),
    parentId: task.parentId && nameOf(task.parentId),
    sent: task.messages.sent,
    received: task.messages.received,
    account: task.account && nameOf(task.account),
    model: task.model && nameOf(task.model),
    tokens: task.tokens,
    costUSD: task.costUSD,
    durationMs: task.durationMs,
    startedAt: task.startedAt,
    error: task.error && problemOf(task.error),
  };
}

/** An error as a person reads it. */
export function problemOf({ message, hint }: Pick<ErrorInfo, 'message' | 'hint'>): DashboardProblem {
  return { message: clip(message, ERROR_SHOWN), hint: hint && clip(hint, ERROR_SHOWN) };
}

/** The accounts with what they have done today. */
export function accountRows(
  status: readonly AccountStatus[],
  usage: readonly UsageSummary[],
): readonly DashboardAccount[] {
  const used = new Map(usage.map((one) => [one.account, one]));
  return status.slice(0, ROWS_SHOWN).map((account) => {
    const today = used.get(account.name);
    return {
      name: nameOf(account.name),
      provider: nameOf(account.provider),
      endpoint: nameOf(account.endpoint),
      state: account.enabled ? account.state : 'disabled',
      cooldown: account.cooldown && { cause: nameOf(account.cooldown.cause), until: account.cooldown.until },
      headroom: account.headroom,
      inFlight: account.inFlight,
      queued: account.queued,
      calls: today?.calls ?? 0,
      failures: today?.failures ?? 0,
      tokens: today ? today.tokens.input + today.tokens.output : 0,
      costUSD: today?.costUSD ?? 0,
      unknownCosts: today?.unknownCosts ?? 0,
    };
  });
}

/** What each agent did over all of its tasks and, where those are too many to draw, whose work leads to whose. */
function sumUp(tasks: readonly TaskView[]): Pick<DashboardRun, 'agents' | 'links'> {
  const agents = new Map<string, DashboardAgent & { readonly index: number }>();
  for (const task of tasks) {
    const before = agents.get(task.agent);
    if (!before && agents.size === ROWS_SHOWN) continue;
    agents.set(task.agent, {
      name: nameOf(task.agent),
      index: before?.index ?? agents.size,
      tasks: (before?.tasks ?? 0) + 1,
      running: (before?.running ?? 0) + (task.status === 'running' || task.status === 'waiting' ? 1 : 0),
      succeeded: (before?.succeeded ?? 0) + (task.status === 'completed' ? 1 : 0),
      failed: (before?.failed ?? 0) + (task.status === 'failed' ? 1 : 0),
      ended: (before?.ended ?? 0) + (hasEnded(task) ? 1 : 0),
      tokens: (before?.tokens ?? 0) + task.tokens,
      costUSD: (before?.costUSD ?? 0) + (task.costUSD ?? 0),
    });
  }
  const rows = [...agents.values()].map(({ index: _, ...agent }) => agent);
  if (tasks.length <= TASKS_SHOWN) return { agents: rows, links: [] };
  const indexOf = new Map(tasks.map((task) => [task.taskId, agents.get(task.agent)?.index]));
  const links = new Map<string, [number, number]>();
  for (const task of tasks) {
    const to = agents.get(task.agent)?.index;
    for (const dependency of task.dependencies) {
      const from = indexOf.get(dependency);
      if (from === undefined || to === undefined || from === to || links.size === LINKS_SHOWN) continue;
      links.set(`${from} ${to}`, [from, to]);
    }
  }
  return { agents: rows, links: [...links.values()] };
}
