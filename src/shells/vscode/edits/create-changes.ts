import * as vscode from 'vscode';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import type { RunSources } from '../runs/run-sources.ts';
import { ChosenVersions } from './chosen-versions.ts';
import { Proposals } from './proposals.ts';
import { ProposedEdits } from './proposed-edits.ts';
import { ShownProposals } from './shown-proposals.ts';
import { TestOutcomes } from './test-outcomes.ts';

/** What the shell needs for runs that propose changes of code. */
export interface Changes {
  readonly proposals: Proposals;
  readonly edits: ProposedEdits;
  readonly testOutcomes: TestOutcomes;
}

/** Wires the parts that show, apply and test proposed changes. */
export function createChanges(
  context: vscode.ExtensionContext,
  session: Session,
  sources: RunSources,
  outlets: Outlets,
  report: (error: unknown) => void,
): Changes {
  const chosen = new ChosenVersions(context.workspaceState);
  const proposals = new Proposals(session, sources, chosen, (addresses) => {
    outlets.proposals.fire(addresses.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
    outlets.decided.fire();
  });
  const shown = new ShownProposals(context.workspaceState);
  context.subscriptions.push(shown);
  return {
    proposals,
    edits: new ProposedEdits(proposals, shown, report, async (runId, outcome) => {
      await (await session.open()).stores.prompts.recordOutcome(runId, 'edits', outcome);
    }),
    testOutcomes: new TestOutcomes(context.workspaceState),
  };
}
