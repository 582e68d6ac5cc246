import * as vscode from 'vscode';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import type { AccountSettings } from '../accounts/account-settings.ts';
import { type Changes, createChanges } from '../edits/create-changes.ts';
import type { EditorWorkspace } from '../host/editor-workspace.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import { ResultFiles } from '../results/result-files.ts';
import { Findings } from '../review/findings.ts';
import type { AgentsTree } from '../views/agents-tree.ts';
import type { Questions } from './open-questions.ts';
import { OutcomePresenter } from './outcome-presenter.ts';
import { RunApprovals } from './run-approvals.ts';
import { RunLauncher } from './run-launcher.ts';
import { RunSources } from './run-sources.ts';

/** What runs are started with and shown in. */
export interface RunSurface extends Changes {
  readonly sources: RunSources;
  readonly results: ResultFiles;
  readonly findings: Findings;
  readonly runs: RunLauncher;
  readonly approvals: RunApprovals;
}

/** What the surface of runs is wired from. */
export interface RunSurfaceParts {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly workspace: EditorWorkspace;
  readonly accounts: AccountSettings;
  readonly agents: AgentsTree;
  readonly questions: Questions;
  readonly outlets: Outlets;
  /** Tells the person about an error. */
  report(error: unknown): void;
}

/** Wires it; the extension's subscriptions dispose what has to be. */
export function createRunSurface(parts: RunSurfaceParts): RunSurface {
  const { context, session, workspace, accounts, agents, questions, outlets, report } = parts;
  const sources = new RunSources(workspace, context.workspaceState);
  const changes = createChanges(context, session, sources, outlets, report);
  const results = new ResultFiles(session, sources, changes.testOutcomes, (uri) => {
    outlets.results.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  });
  const findings = new Findings({
    session,
    sources,
    results,
    memento: context.workspaceState,
    onDecided: () => outlets.decided.fire(),
  });
  const outcomes = new OutcomePresenter({
    results,
    findings,
    sources,
    edits: changes.edits,
    hasAccounts: () => accounts.list().length > 0,
    refusedAccounts: () => refusedAccounts(session),
  });
  context.subscriptions.push(findings);
  const runs = new RunLauncher({ session, sources, agents, outcomes, proposals: changes.proposals });
  const resume = (runId: string, title: string) => runs.resume(runId, title);
  const askedBy = (question: OpenApproval) => agents.askedBy(question);
  const approvals = new RunApprovals({ session, questions, root: () => workspace.root, askedBy, resume, report });
  context.subscriptions.push(approvals);
  return { ...changes, sources, results, findings, runs, approvals };
}

async function refusedAccounts(session: Session): Promise<readonly string[]> {
  const status = await (await session.open()).accounts.status();
  return status.filter((account) => account.state === 'key-refused').map((account) => account.name);
}
