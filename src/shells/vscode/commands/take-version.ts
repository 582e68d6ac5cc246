import * as vscode from 'vscode';
import type { ChosenVersion } from '../../../core/together/chosen-versions.ts';
import type { OpenConflicts } from '../edits/proposals.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { mayPropose } from '../views/agent-views.ts';
import { runOf } from './runs.ts';

/** Takes a version where agents contradict one another: the given one, else the one that is picked. It becomes a part of what the run proposes. */
export async function takeVersion(shell: Shell, argument: unknown, version?: ChosenVersion): Promise<void> {
  const run = await runOf(shell, argument ?? shell.edits.activeRun(), mayPropose, {
    none: vscode.l10n.t('No run has proposed changes yet.'),
    pick: vscode.l10n.t('Of which run shall a version be taken?'),
  });
  if (!run) return;
  const chosen = version ?? (await picked(await shell.proposals.openConflicts(run.runId)));
  if (chosen) await shell.edits.take(run.runId, chosen);
}

type Item = vscode.QuickPickItem & { readonly take?: ChosenVersion };

async function picked({ open, chosen }: OpenConflicts): Promise<ChosenVersion | undefined> {
  if (open.length === 0) {
    notify({ level: 'info', text: vscode.l10n.t('The agents of this run have left nothing open.'), buttons: [] });
    return undefined;
  }
  const items = open.flatMap(({ number, conflict: { file, startLine, versions } }): Item[] => [
    { label: vscode.l10n.t('{0}, line {1}', file, startLine), kind: vscode.QuickPickItemKind.Separator },
    ...versions.map(({ agent, summary, changes }, index): Item => {
      const take = { conflict: number, version: index + 1 };
      const isTaken = chosen.some((one) => one.conflict === number && one.version === take.version);
      return {
        label: vscode.l10n.t('Version {0}: {1}', take.version, agent),
        description: isTaken ? vscode.l10n.t('taken') : summary,
        detail: changes.map(({ newText }) => newText.trim()).join(' … '),
        take,
      };
    }),
  ]);
  const placeHolder = vscode.l10n.t('Which version shall be among the proposed changes?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.take;
}
