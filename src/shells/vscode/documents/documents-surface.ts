import type * as vscode from 'vscode';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import { DocumentFiles } from './document-files.ts';
import { DocumentsTree } from './documents-tree.ts';

/** The archive of documents in the editor: its view and its files. */
export interface DocumentsSurface {
  readonly documents: DocumentsTree;
  readonly documentFiles: DocumentFiles;
  /** Reads again what shows documents. */
  documentsChanged(): void;
}

/** What the surface is wired from. */
export interface DocumentsSurfaceParts {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly outlets: Outlets;
  /** Whose documents are "this workspace's". */
  roots(): readonly string[];
}

/** Wires the archive; nothing is read yet. */
export function createDocumentsSurface({ context, session, outlets, roots }: DocumentsSurfaceParts): DocumentsSurface {
  const documents = new DocumentsTree({
    session,
    state: context.workspaceState,
    roots,
    changed: (elements) => outlets.documents.fire(elements),
    look: (look) => outlets.documentsLook.fire(look),
  });
  context.subscriptions.push(
    documents,
    outlets.events.event((event) => documents.onEvent(event)),
  );
  const documentsChanged = () => {
    documents.refresh();
    outlets.documentLenses.fire();
  };
  return { documents, documentFiles: new DocumentFiles(session), documentsChanged };
}
