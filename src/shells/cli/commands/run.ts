import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Strategy } from '../../../core/config.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { LoadBalancing } from '../../../core/load-balancing.ts';
import type { RunResult } from '../../../core/results.ts';
import { diffOfEdits, readyEdits, writeEdits } from '../apply-edits.ts';
import { diffText } from '../diff-text.ts';
import { executeRun } from '../execute-run.ts';
import { dollars, integer, loadBalancing, strategy } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

interface RunFlags {
  readonly task?: string;
  readonly context?: string;
  readonly strategy?: Strategy;
  readonly loadBalancing?: LoadBalancing;
  readonly maxSubtasks?: number;
  readonly subAgents?: number;
  readonly budget?: number;
  readonly saveDoc?: true;
  readonly memory?: boolean;
  readonly apply?: true;
}

const EXAMPLES = `
Examples:
  $ ensemble run "Write a migration guide" -c "From v1 to v2" --save-doc
  $ ensemble run --task "Compare the two parsers" --sub-agents 3 -s parallel
  $ git log -20 | ensemble run -            the task comes from standard input`;

const subTasks = integer(1, 50);

/** `ensemble run`. */
export function registerRun(program: Command, perform: Perform): void {
  program
    .command('run')
    .description('let a super-agent split a task, sub-agents do it, and merge their results')
    .argument('[task]', 'what to do; - reads it from standard input')
    .option('--task <text>', 'the task, as an option')
    .option('-c, --context <text>', 'what the agents should know')
    .option('-s, --strategy <name>', 'parallel, sequential, adaptive or balanced', strategy)
    .option('-l, --load-balancing <name>', 'round-robin, least-loaded, cost-optimized or balanced', loadBalancing)
    .option('-m, --max-subtasks <n>', 'at most this many sub-tasks, 1 to 50', subTasks)
    .option('--sub-agents <n>', 'the same as --max-subtasks', subTasks)
    .option('--budget <usd>', 'spend at most this much on the run', dollars)
    .option('--memory', 'tell the agents what was done before in this workspace')
    .option('--no-memory', 'do not, whatever the configuration says')
    .option('--save-doc', 'keep the result as a document')
    .option('--apply', 'write the changes that the agents propose; without it they are printed as a diff')
    .addHelpText('after', EXAMPLES)
    .action((task: string | undefined, flags: RunFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => run(session, task, flags)),
    );
}

async function run(session: Session, argument: string | undefined, flags: RunFlags): Promise<number> {
  const task = await taskOf(session, argument, flags.task);
  if (flags.maxSubtasks !== undefined && flags.subAgents !== undefined && flags.maxSubtasks !== flags.subAgents) {
    throw new EnsembleError('usage', '--max-subtasks and --sub-agents say different things.', {
      hint: 'They are the same: give one.',
    });
  }
  return executeRun(session, {
    start: ({ ensemble }, options) =>
      ensemble.start(
        {
          kind: 'run',
          task,
          context: flags.context ?? null,
          strategy: flags.strategy ?? null,
          maxSubTasks: flags.maxSubtasks ?? flags.subAgents ?? null,
          saveDocument: flags.saveDoc ?? false,
        },
        {
          ...options,
          ...(flags.loadBalancing ? { loadBalancing: flags.loadBalancing } : {}),
          ...(flags.budget === undefined ? {} : { budgetUSD: flags.budget }),
          ...(flags.memory === undefined ? {} : { memory: flags.memory }),
        },
      ),
    deliver: (result) => deliver(session, result, flags.apply === true),
  });
}

/** An answer with changes that agents propose: both are printed, or the changes written. */
async function deliver(session: Session, result: RunResult, apply: boolean) {
  if (!result.edits || result.edits.length === 0) return { printed: false };
  const { workspace } = await session.open();
  const ready = await readyEdits(workspace.root, result.edits);
  if (apply) await writeEdits(ready);
  const changes = apply
    ? ready.map(({ file }) => `Changed ${oneLine(file)}.`)
    : [diffText(diffOfEdits(ready), session.style, session.host.stdout.isTTY === true)];
  session.emit({ json: () => result, text: () => [stripControls(result.result), '', ...changes] });
  return { printed: true };
}

async function taskOf({ host }: Session, argument: string | undefined, option: string | undefined): Promise<string> {
  if (argument !== undefined && option !== undefined) {
    throw new EnsembleError('usage', 'The task was given twice.', { hint: 'Give it as argument or with --task.' });
  }
  const given = argument ?? option ?? '';
  const task = given === '-' ? await text(host.stdin) : given;
  if (task.trim() !== '') return task;
  throw new EnsembleError('usage', 'There is no task.', {
    hint: 'Say what to do, such as: ensemble run "Explain the tests in src"',
  });
}
