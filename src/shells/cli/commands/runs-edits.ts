import { type Command, InvalidArgumentError } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import { type ChosenVersion, openConflicts, withChosenVersions } from '../../../core/together/chosen-versions.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { diffOfEdits, readyEdits, writeEdits } from '../apply-edits.ts';
import { diffText } from '../diff-text.ts';
import { EXIT } from '../exit-codes.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

interface EditsFlags {
  readonly take?: readonly ChosenVersion[];
  readonly apply?: true;
}

/** `ensemble runs edits`: what a run proposes, also what it has left to the person. */
export function registerEdits(runs: Command, perform: Perform): void {
  runs
    .command('edits')
    .description('the changes that a run proposes, as a diff')
    .argument('<id>')
    .option('--take <conflict=version...>', 'where agents contradict one another: take this version', chosen)
    .option('--apply', 'write the changes; without it they are printed')
    .action((id: string, flags: EditsFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => edits(session, id, flags)),
    );
}

async function edits(session: Session, runId: string, { take = [], apply }: EditsFlags): Promise<number> {
  const { ensemble, workspace } = await session.open();
  const result = await ensemble.runs.result(runId);
  if (!result) throw new EnsembleError('invalid-input', 'The run has not ended.', { hint: 'Resume it first.' });
  const proposed = withChosenVersions(result, take);
  const ready = await readyEdits(workspace.root, proposed);
  if (apply) await writeEdits(ready);
  const left = openConflicts(result).filter(({ number }) => !take.some(({ conflict }) => conflict === number));
  for (const { number, conflict } of left) {
    const { file, startLine, versions } = conflict;
    session.notice(
      `Conflict ${number} is open: ${oneLine(file)}, line ${startLine}, ${versions.length} versions. Take one: --take ${number}=1`,
    );
  }
  session.emit({
    json: () => itemDocument({ runId, edits: proposed, applied: apply === true, open: left }),
    text: () => {
      if (ready.length === 0) return 'This run proposes no changes.';
      if (apply) return ready.map(({ file }) => `Changed ${oneLine(file)}.`);
      return diffText(diffOfEdits(ready), session.style, session.host.stdout.isTTY === true);
    },
  });
  return EXIT.completed;
}

function chosen(value: string, before: readonly ChosenVersion[] = []): readonly ChosenVersion[] {
  const [, conflict, version] = /^(\d{1,6})=(\d{1,6})$/.exec(value) ?? [];
  if (conflict === undefined || version === undefined) {
    throw new InvalidArgumentError('Write the number of the conflict and that of the version, such as 1=2.');
  }
  return [...before, { conflict: Number(conflict), version: Number(version) }];
}
