import type * as vscode from 'vscode';
import { createDocumentsSurface, type DocumentsSurface } from '../documents/documents-surface.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import { HistoryFiles } from './history-files.ts';
import { HistoryScope } from './history-scope.ts';
import { HistoryTree } from './history-tree.ts';
import { ResumeOffer } from './resume-offer.ts';

/** The history in the editor: its view and what it opens, and the archive of documents. */
export interface HistorySurface extends DocumentsSurface {
  readonly history: HistoryTree;
  readonly historyFiles: HistoryFiles;
  readonly resumeOffer: ResumeOffer;
}

/** What the surface is wired from. */
export interface HistorySurfaceParts {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly outlets: Outlets;
  /** Whose runs are "this workspace's". */
  roots(): readonly string[];
}

/** Wires the history; nothing is read yet. */
export function createHistorySurface({ context, session, outlets, roots }: HistorySurfaceParts): HistorySurface {
  const history = new HistoryTree({
    session,
    scope: new HistoryScope(context.workspaceState, roots),
    changed: (elements) => outlets.history.fire(elements),
    look: (look) => outlets.historyLook.fire(look),
  });
  context.subscriptions.push(history);
  return {
    ...createDocumentsSurface({ context, session, outlets, roots }),
    history,
    historyFiles: new HistoryFiles(session),
    resumeOffer: new ResumeOffer(context.workspaceState, roots),
  };
}
