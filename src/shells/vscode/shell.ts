import * as vscode from 'vscode';
import { auditedSecrets } from '../../core/audit/audited-secrets.ts';
import type { AccountNotes } from './accounts/account-notes.ts';
import { AccountSettings, accountSettings } from './accounts/account-settings.ts';
import { createAccountSurface } from './accounts/account-surface.ts';
import type { Changes } from './edits/create-changes.ts';
import { followFolders, onFoldersChanged } from './history/follow-folders.ts';
import { createHistorySurface, type HistorySurface } from './history/history-surface.ts';
import { createApprover } from './host/approver.ts';
import { EditorWorkspace } from './host/editor-workspace.ts';
import type { Lazy } from './host/lazy.ts';
import { createLogger } from './host/log.ts';
import type { Outlets } from './host/outlets.ts';
import { reportError, reportMended } from './host/report.ts';
import { reportSettings } from './host/report-settings.ts';
import { createSecretStore } from './host/secrets.ts';
import { Session } from './host/session.ts';
import { createPromptSurface, type PromptSurface } from './prompts/prompt-surface.ts';
import type { ResultFiles } from './results/result-files.ts';
import type { Findings } from './review/findings.ts';
import { OpenQuestions, type Questions } from './runs/open-questions.ts';
import type { RunApprovals } from './runs/run-approvals.ts';
import type { RunLauncher } from './runs/run-launcher.ts';
import type { RunSources } from './runs/run-sources.ts';
import { createRunSurface } from './runs/run-surface.ts';
import type { AccountsTree } from './views/accounts-tree.ts';
import { AgentsModel } from './views/agents-model.ts';
import { AgentsTree } from './views/agents-tree.ts';
import type { Dashboard } from './webview-host/dashboard.ts';
import { lazyDashboard } from './webview-host/lazy-dashboard.ts';

/** Everything behind the registrations, made when the first of them is used. */
export interface Shell extends Changes, HistorySurface, PromptSurface {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly workspace: EditorWorkspace;
  readonly accounts: AccountSettings;
  readonly accountNotes: AccountNotes;
  readonly accountsView: AccountsTree;
  readonly agents: AgentsTree;
  /** Loaded when it is first opened. */
  readonly dashboard: Lazy<Dashboard>;
  readonly results: ResultFiles;
  readonly findings: Findings;
  readonly sources: RunSources;
  readonly runs: RunLauncher;
  readonly approvals: RunApprovals;
  readonly questions: Questions;
  readonly log: vscode.LogOutputChannel;
  /** Selects a run in the Agents view. */
  revealRun(runId: string): void;
  /** Tells the person about an error. */
  report(error: unknown): void;
  /** Ends what is going on, orderly. */
  close(): Promise<void>;
}

function createQuestions(session: Session, outlets: Outlets): OpenQuestions {
  const questions = new OpenQuestions(session, (elements) => {
    outlets.agents.fire(elements);
    outlets.questions.fire(questions.list().length);
  });
  return questions;
}

/** Wires the shell: plain construction, nothing is opened or read yet. */
export function createShell(context: vscode.ExtensionContext, outlets: Outlets): Shell {
  const log = vscode.window.createOutputChannel('Ensemble', { log: true });
  const workspace = new EditorWorkspace();
  const variableOf = (name: string) => accountSettings().find((account) => account.name === name)?.apiKeyEnv ?? null;
  const logger = createLogger(log);
  const keys = createSecretStore(context.secrets, variableOf);
  const secrets = auditedSecrets(keys, (action, account) => {
    const record = async () => (await session.open()).stores.audit.record(action, account, null);
    record().catch((error: unknown) => logger.warn('The audit log could not be written', { error: String(error) }));
  });
  const accounts = new AccountSettings(secrets);
  const session = new Session({
    context,
    workspace,
    secrets,
    approver: createApprover(),
    logger,
    onEvent: (event) => {
      agents.onEvent(event);
      accountSurface.view.onEvent(event);
      historySurface.history.onEvent(event);
      surface.approvals.onEvent(event);
      outlets.events.fire(event);
    },
    onOpened: async (ensemble) => {
      await ensemble.reconcile().then(() => followFolders(historySurface, ensemble, workspace));
      await surface.approvals.remind(ensemble);
      await historySurface.resumeOffer.look(ensemble, (runId) => questions.ofRun(runId).length > 0);
    },
    onStorageNotice: reportMended,
    onProblems: reportSettings,
  });
  const model = new AgentsModel();
  const questions = createQuestions(session, outlets);
  const agents = new AgentsTree(session, { model, questions }, () => workspace.root, outlets.agents);
  const accountSurface = createAccountSurface({ context, session, settings: accounts, secrets, outlets, log });
  const historySurface = createHistorySurface({ context, session, outlets, roots: () => workspace.roots });
  const report = (error: unknown) => reportError(error, log);
  const surface = createRunSurface({ context, session, workspace, accounts, agents, questions, outlets, report });
  const hasAccounts = () => accounts.list().length > 0;
  context.subscriptions.push(log, session, agents, onFoldersChanged(historySurface, session, workspace));
  return {
    context,
    session,
    workspace,
    accounts,
    accountNotes: accountSurface.notes,
    accountsView: accountSurface.view,
    agents,
    dashboard: lazyDashboard(context, { session, model, agents, questions, outlets, log, hasAccounts, report }),
    ...historySurface,
    ...createPromptSurface({ context, session, outlets }),
    ...surface,
    questions,
    log,
    revealRun: (runId) => outlets.revealed.fire(runId),
    report,
    close: () => session.close(),
  };
}
