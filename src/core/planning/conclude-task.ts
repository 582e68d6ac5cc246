import { outputText } from '../context/task-context.ts';
import type { TaskResult } from '../results.ts';
import { SIDES } from './coordinate.ts';
import { AGGREGATE_TASK_ID, ANSWER_TASK_ID, PLAN_TASK_ID } from './plan-task.ts';

/**
 * The answer of a task run, as Markdown: what the aggregator wrote, followed by what is missing from it; without an
 * aggregate, the results of the sub-tasks one by one. A run that did not complete never reads as if it had.
 */
export function concludeTask(tasks: readonly TaskResult[]): { markdown: string } {
  const plan = tasks.find(({ id }) => id === PLAN_TASK_ID);
  const aggregate = tasks.find(({ id }) => id === AGGREGATE_TASK_ID);
  const answer = tasks.find(({ id }) => id === ANSWER_TASK_ID);
  if (answer && !plan) {
    const done = answer.status === 'completed';
    return { markdown: done ? outputText(answer.output) : `# Not done\n\n${reasonOf(answer)}` };
  }
  const subTasks = tasks.filter((task) => task !== plan && task !== aggregate);
  const missing = subTasks.filter(({ status }) => status !== 'completed');
  if (aggregate?.status === 'completed') {
    const alone = accountOfBoth(tasks);
    const notes = missing.length === 0 ? [] : [`## Not covered\n\n${missing.map(missingLine).join('\n')}`];
    const same = alone === null ? [] : [`> Both super-agents worked on the account "${alone}": there is no other one.`];
    return { markdown: [...same, outputText(aggregate.output), ...notes].join('\n\n') };
  }
  if (subTasks.length === 0) {
    return { markdown: `# Not done\n\nThe task was not split into sub-tasks. ${reasonOf(plan)}` };
  }
  return {
    markdown: [
      '# Incomplete result',
      `${subTasks.length - missing.length} of ${subTasks.length} sub-tasks completed; their results were not merged. ${reasonOf(aggregate)}`,
      ...subTasks
        .filter((task) => !isMerged(task, tasks))
        .map(
          (task) =>
            `## ${task.description}\n\n${task.status === 'completed' ? outputText(task.output) : reasonOf(task)}`,
        ),
    ].join('\n\n'),
  };
}

/** The account that both sides of a coordinated task had to share; null: they did not. */
function accountOfBoth(tasks: readonly TaskResult[]): string | null {
  const used = SIDES.map((side) => tasks.find(({ id, parentId }) => id === side && parentId === null));
  const accounts = new Set(used.flatMap((task) => task?.attempts.map(({ account }) => account) ?? [null]));
  const [first] = accounts;
  return accounts.size === 1 ? (first ?? null) : null;
}

/** True when what it came to is part of the result of a super-agent. */
function isMerged({ parentId }: TaskResult, tasks: readonly TaskResult[]): boolean {
  const parent = tasks.find(({ id }) => id === parentId);
  return parent !== undefined && (parent.status === 'completed' || isMerged(parent, tasks));
}

function missingLine(task: TaskResult): string {
  return `- **${task.description}** (${task.id}): ${reasonOf(task)}`;
}

function reasonOf(task: TaskResult | undefined): string {
  if (!task) return 'It did not come to that.';
  if (task.error) return [task.error.message, task.error.hint].filter(Boolean).join(' ');
  const stopped =
    task.status === 'skipped' || task.status === 'cancelled' ? `It was ${task.status}.` : 'It was not finished.';
  return stopped;
}
