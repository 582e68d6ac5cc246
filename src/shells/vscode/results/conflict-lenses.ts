import * as vscode from 'vscode';
import type { ChosenVersion } from '../../../core/together/chosen-versions.ts';
import type { OpenConflicts } from '../edits/proposals.ts';
import { conflictLines } from './conflict-lines.ts';

/** More versions than these are offered in a list. */
const MOST_LENSES = 3;

/** Actions above what a run has left to the person: each version of it can be taken, also another one than before. */
export function conflictLenses(text: string, runId: string, { open, chosen }: OpenConflicts): vscode.CodeLens[] {
  const lines = conflictLines(text, open);
  return open.flatMap(({ number, conflict }, index) => {
    const line = lines[index];
    if (line === undefined || line === null) return [];
    const lens = (title: string, command: string, ...args: unknown[]) =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [runId, ...args] });
    const taken = chosen.find((one: ChosenVersion) => one.conflict === number)?.version ?? null;
    const { versions } = conflict;
    const offered = versions
      .map(({ agent }, at) => ({ agent, version: at + 1 }))
      .filter(({ version }) => version !== taken);
    return [
      ...(taken === null
        ? []
        : [lens(vscode.l10n.t('$(check) Version {0} taken: Show Changes', taken), 'ensemble.showProposedEdits')]),
      ...(versions.length > MOST_LENSES
        ? [lens(vscode.l10n.t('Take a Version...'), 'ensemble.takeVersion')]
        : offered.map(({ agent, version }) =>
            lens(vscode.l10n.t('Take Version {0} ({1})', version, agent), 'ensemble.takeVersion', {
              conflict: number,
              version,
            }),
          )),
    ];
  });
}
