import type { Command } from 'commander';
import type { AnsweredApproval } from '../../../core/approvals.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest-name.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { count } from '../format.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

interface ApproveFlags {
  readonly refuse?: boolean;
  readonly all?: boolean;
}

/** A question and what became of its answer. */
interface Answered extends AnsweredApproval {
  readonly question: OpenApproval;
}

/** `ensemble runs approve`. */
export function registerApprove(runs: Command, perform: Perform): void {
  runs
    .command('approve')
    .description('allow what a task of a run asks for, in whichever process the run is')
    .argument('<id>')
    .argument('[task]', 'the task that asks; not needed where only one does')
    .option('--refuse', 'say no instead: the task fails, or does without')
    .option('--all', 'answer all open questions of the run')
    .action((id: string, task: string | undefined, flags: ApproveFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => approve(session, id, task ?? null, flags)),
    );
}

async function approve(session: Session, runId: string, task: string | null, flags: ApproveFlags): Promise<number> {
  const { ensemble } = await session.open();
  await ensemble.runs.get(runId);
  const open = await ensemble.approvals.open(runId);
  const chosen = flags.all && open.length > 0 ? open : [chooseQuestion(open, task, runId)];
  const answered: Answered[] = [];
  for (const question of chosen) {
    answered.push({ question, ...(await ensemble.approvals.answer(question, flags.refuse !== true)) });
  }
  session.emit({
    json: () => listDocument(answered.map(({ question, ...answer }) => ({ ...question, ...answer }))),
    text: () =>
      answered.map(({ question, approved }) => `${approved ? 'Allowed' : 'Refused'}: ${oneLine(question.title)}`),
  });
  const left = (await ensemble.approvals.open(runId)).length;
  if (left > 0) session.aside(`Still open: ${count(left, 'question')}, see ensemble runs show ${runId}`);
  else if (answered.some(({ needsResume }) => needsResume))
    session.aside(`Go on:    ensemble ${databaseOption(session)}runs resume ${runId}`);
  return EXIT.completed;
}

/** Throws `not-found` where nothing is asked, or not by this task, and `usage` where several tasks ask. */
function chooseQuestion(open: readonly OpenApproval[], task: string | null, runId: string): OpenApproval {
  const asked = task === null ? open : open.filter(({ taskId, instanceId }) => taskId === task || instanceId === task);
  const [first] = asked;
  if (first !== undefined && (task !== null || asked.length === 1)) return first;
  const names = [...new Set(open.map(({ taskId }) => taskId))];
  if (names.length === 0) {
    throw new EnsembleError('not-found', `No task of run ${runId} waits for a decision.`, {
      hint: `See: ensemble runs show ${runId}`,
    });
  }
  const some = names.slice(0, 10).join(', ');
  if (task === null) {
    const message = `${count(names.length, 'task')} of the run wait for a decision: ${some}.`;
    throw new EnsembleError('usage', message, { hint: 'Name one of them, or use --all.' });
  }
  const near = nearestName(task, names);
  throw new EnsembleError('not-found', `The task "${task}" of run ${runId} waits for no decision.`, {
    hint: near === null ? `These do: ${some}.` : `Did you mean "${near}"?`,
  });
}

/** The open questions of a run and how to answer them, as lines below what is told of the run. */
export function openQuestions(open: readonly OpenApproval[], session: Session): string[] {
  const [first] = open;
  if (first === undefined) return [];
  const { style } = session;
  const lines = open.flatMap(({ taskId, title, details }) => [
    `${style.yellow('waits')}  ${oneLine(taskId)}: ${oneLine(title)}`,
    ...details.map((detail) => style.dim(`       ${oneLine(detail)}`)),
  ]);
  const command = `ensemble ${databaseOption(session)}runs approve ${first.runId} ${first.taskId}`;
  return ['', ...lines, '', `Answer: ${command} [--refuse]`];
}

function databaseOption({ options }: Session): string {
  return options.db === null ? '' : `--db ${options.db} `;
}
