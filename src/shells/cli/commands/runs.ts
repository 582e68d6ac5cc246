import type { Command } from 'commander';
import type { TaskProjection } from '../../../core/engine/journal-entry.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { TaskStatus } from '../../../core/graph/types.ts';
import type { RunMessage } from '../../../core/messages/run-message.ts';
import type { RunRecord } from '../../../core/ports.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { executeRun, type RunPlan } from '../execute-run.ts';
import { EXIT } from '../exit-codes.ts';
import { count, duration, localTime, tokenSum, usd } from '../format.ts';
import { table } from '../layout.ts';
import { dollars, positive } from '../options.ts';
import type { Perform } from '../perform.ts';
import { progressLine } from '../progress/render-progress.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { Style } from '../style.ts';
import { openQuestions, registerApprove } from './approve.ts';
import { registerEdits } from './runs-edits.ts';
import { trace } from './trace.ts';

interface ResumeFlags {
  readonly budget?: number;
  readonly force?: boolean;
}

interface ListFlags {
  readonly limit: number;
}

/** `ensemble runs`. */
export function registerRuns(program: Command, perform: Perform): void {
  const runs = program.command('runs').description('list, show, resume and cancel runs');
  runs
    .command('list')
    .description('stored runs, newest first')
    .option('--limit <n>', 'at most this many', positive, 20)
    .action((flags: ListFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => list(session, flags)),
    );
  const ofRun = (name: string, description: string, work: (session: Session, id: string) => Promise<number>) =>
    runs
      .command(name)
      .description(description)
      .argument('<id>')
      .action((id: string, _flags: unknown, command: Command) =>
        perform(command.optsWithGlobals(), (session) => work(session, id)),
      );
  ofRun('show', 'a run and its tasks', show);
  ofRun('events', 'what happened in a run', events);
  ofRun('trace', 'the spans of a run: tasks, model calls, tools', trace);
  ofRun('replay', 'execute a run once more from its journal, without a model, and compare', replay);
  runs
    .command('resume')
    .description('go on with a run that was interrupted')
    .argument('<id>')
    .option('--budget <usd>', 'spend at most this much on the run, what it has spent included', dollars)
    .option('--force', 'also when it has ended three processes in a row')
    .action((id: string, { budget, force = false }: ResumeFlags, command: Command) => {
      const own = { force, ...(budget === undefined ? {} : { budgetUSD: budget }) };
      const start: RunPlan['start'] = ({ ensemble }, options) => ensemble.resume(id, { ...options, ...own });
      return perform(command.optsWithGlobals(), (session) => executeRun(session, { start }));
    });
  ofRun('cancel', 'end an interrupted run for good', cancel);
  registerApprove(runs, perform);
  registerEdits(runs, perform);
}

async function list(session: Session, { limit }: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const { items, total } = await ensemble.runs.list({ limit });
  const { style } = session;
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      items.length === 0
        ? 'No runs yet.'
        : table(
            items,
            [
              { title: 'Id', text: ({ runId }) => runId },
              // Without the year: the id takes a third of the line already.
              { title: 'Began', text: ({ createdAt }) => localTime(createdAt).slice(5), paint: style.dim },
              {
                title: 'Status',
                text: ({ status }) => status,
                paint: (cell, { status }) => paintRun(cell, status, style),
              },
              { title: 'Tasks', text: ({ succeeded, taskCount }) => `${succeeded}/${taskCount}`, align: 'right' },
              { title: 'Title', text: ({ title }) => oneLine(title), flexible: true },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

async function show(session: Session, id: string): Promise<number> {
  const { ensemble } = await session.open();
  const { record, tasks, messages } = await ensemble.runs.get(id);
  const approvals = await ensemble.approvals.open(id);
  session.emit({
    json: () => itemDocument({ ...record, tasks, messages, approvals }),
    text: () => [
      ...runText(record, tasks, session),
      ...messagesText(messages, session),
      ...openQuestions(approvals, session),
    ],
  });
  return EXIT.completed;
}

function runText(
  run: RunRecord,
  tasks: readonly TaskProjection[],
  { style, tableColumns, options }: Session,
): string[] {
  const facts = [
    `${style.bold(oneLine(run.title))}  ${paintRun(run.status, run.status, style)}`,
    style.dim(
      `Run ${run.runId}, ${localTime(run.createdAt)}${run.workspace === null ? '' : `, in ${oneLine(run.workspace)}`}`,
    ),
    style.dim(
      `${run.succeeded} of ${count(run.taskCount, 'task')} done, ${tokenSum(run.tokens)} tokens, ${usd(run.costUSD)}`,
    ),
  ];
  if (run.error) facts.push(style.red(`${oneLine(run.error.message)} ${oneLine(run.error.hint ?? '')}`.trim()));
  const rows = table(
    tasks,
    [
      { title: 'Task', text: ({ taskId }) => oneLine(taskId), flexible: true },
      { title: 'Status', text: ({ status }) => status, paint: (cell, { status }) => paintTask(cell, status, style) },
      { title: 'Model', text: ({ attempts }) => oneLine(attempts.at(-1)?.model ?? ''), paint: style.dim },
      { title: 'Account', text: ({ attempts }) => oneLine(attempts.at(-1)?.account ?? ''), paint: style.dim },
      { title: 'Tokens', text: ({ tokens }) => tokenSum(tokens), align: 'right' },
      { title: 'Time', text: ({ durationMs }) => (durationMs === null ? '' : duration(durationMs)), align: 'right' },
    ],
    tableColumns,
  );
  const failed = tasks.flatMap(({ taskId, error }) =>
    error ? [style.red(`${oneLine(taskId)}: ${oneLine(error.message)}`)] : [],
  );
  const resumable = run.status === 'interrupted' || run.status === 'suspended';
  const next = resumable
    ? ['', `Go on with it: ensemble ${options.db === null ? '' : `--db ${options.db} `}runs resume ${run.runId}`]
    : [];
  return [...facts, '', ...rows, ...(failed.length > 0 ? ['', ...failed] : []), ...next];
}

/** Messages of which so many characters are shown; all of it is in the JSON. */
const MESSAGE_SHOWN = 200;

function messagesText(messages: readonly RunMessage[], { style }: Session): string[] {
  if (messages.length === 0) return [];
  const lines = messages.map(({ id, from, to, kind, content, deliveries }) => {
    const text = oneLine(content);
    const shown = text.length > MESSAGE_SHOWN ? `${text.slice(0, MESSAGE_SHOWN - 1)}…` : text;
    const unread = deliveries.length === 0 ? style.yellow(' (not read)') : '';
    return `${style.dim(`${id}.`)} ${oneLine(from)} -> ${oneLine(to)}, ${kind}${unread}: ${shown}`;
  });
  return ['', style.bold('Messages'), ...lines];
}

async function replay(session: Session, id: string): Promise<number> {
  const { ensemble } = await session.open();
  const report = await ensemble.runs.replay(
    id,
    session.interrupts.arm(
      () => {},
      () => {},
    ),
  );
  const { attempts, effects } = report;
  session.emit({
    json: () => itemDocument({ ...report }),
    text: () =>
      `The replay agrees with the run: ${count(attempts, 'attempt')}, ${count(effects, 'model or tool call')}.`,
  });
  return EXIT.completed;
}

async function events(session: Session, id: string): Promise<number> {
  const { ensemble } = await session.open();
  const all = await ensemble.runs.events(id);
  if (all.length === 0)
    throw new EnsembleError('not-found', `There is no run ${id}.`, { hint: 'See: ensemble runs list' });
  for (const event of all) session.record(event);
  session.emit({
    json: () => listDocument(all),
    text: () =>
      all.map((event) =>
        `${session.style.dim(event.at.slice(11, 23))}  ${event.type.padEnd(18)} ${wordsOf(event)}`.trimEnd(),
      ),
  });
  return EXIT.completed;
}

function wordsOf(event: EnsembleEvent): string {
  const words =
    progressLine(event) ??
    ('taskId' in event ? event.taskId : 'wave' in event ? `${event.wave}: ${event.taskIds.join(', ')}` : '');
  return oneLine(words);
}

async function cancel(session: Session, id: string): Promise<number> {
  const { ensemble } = await session.open();
  await ensemble.cancel(id);
  const { record } = await ensemble.runs.get(id);
  session.emit({ json: () => itemDocument(record), text: () => `Run ${id} is ${record.status}.` });
  return EXIT.completed;
}

function paintRun(text: string, status: RunRecord['status'], style: Style): string {
  switch (status) {
    case 'completed':
      return style.green(text);
    case 'failed':
      return style.red(text);
    case 'partial':
    case 'interrupted':
    case 'suspended':
      return style.yellow(text);
    case 'queued':
    case 'running':
      return style.cyan(text);
    case 'cancelled':
      return style.dim(text);
  }
}

function paintTask(text: string, status: TaskStatus, style: Style): string {
  if (status === 'completed') return style.green(text);
  if (status === 'failed') return style.red(text);
  return status === 'skipped' || status === 'cancelled' ? style.yellow(text) : style.dim(text);
}
