import * as vscode from 'vscode';
import { composeStatus } from '../database/compose-status.ts';
import type { Session } from '../host/session.ts';
import { type AuditFilter, composeAudit } from './compose-audit.ts';
import { composeConversation } from './compose-conversation.ts';
import { historyUri, placeOf } from './history-uri.ts';

/** Entries of the audit log that its document shows. */
const AUDIT_ENTRIES = 1000;

/** Conversations and documents as read-only documents, made from the database whenever one is read. */
export class HistoryFiles {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, createdAt } = await this.#compose(uri);
    const time = Date.parse(createdAt);
    const size = new TextEncoder().encode(text).byteLength;
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: time, mtime: time, size, permissions };
  }

  async read(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode((await this.#compose(uri)).text);
  }

  /** Opens a conversation. */
  async openConversation(id: number, title: string): Promise<void> {
    await show(historyUri({ kind: 'conversation', id }, title));
  }

  /** Opens the audit log as it is now; default: all of it. */
  async openAudit(filter: AuditFilter = {}): Promise<void> {
    const uri = historyUri({ kind: 'audit', id: Date.now() }, vscode.l10n.t('Audit Log'));
    await show(uri.with({ query: new URLSearchParams({ ...filter }).toString() }));
  }

  /** Opens the state of the database as it is now. */
  async openDatabaseStatus(): Promise<void> {
    await show(historyUri({ kind: 'database', id: Date.now() }, vscode.l10n.t('Database Status')));
  }

  async #compose(uri: vscode.Uri): Promise<{ readonly text: string; readonly createdAt: string }> {
    const { kind, id } = placeOf(uri);
    const { stores, runs } = await this.#session.open();
    if (kind === 'audit') {
      const filter: AuditFilter = Object.fromEntries(new URLSearchParams(uri.query));
      const { items, total } = await stores.audit.list({ ...filter, limit: AUDIT_ENTRIES });
      return { text: composeAudit(items, total, filter), createdAt: items[0]?.at ?? new Date(0).toISOString() };
    }
    if (kind === 'database') {
      return { text: composeStatus(await stores.maintenance.status()), createdAt: new Date(id).toISOString() };
    }
    if (kind === 'document') {
      const document = await stores.documents.get(id);
      if (!document) throw vscode.FileSystemError.FileNotFound(uri);
      return { text: document.content, createdAt: document.createdAt };
    }
    const conversation = await stores.conversations.get(id);
    if (!conversation) throw vscode.FileSystemError.FileNotFound(uri);
    const run = await runs.get(conversation.runId).catch(() => null);
    const task = run?.tasks.find(({ instanceId }) => conversation.taskId === `${conversation.runId}/${instanceId}`);
    const began = new Date(conversation.createdAt).toLocaleString(vscode.env.language);
    const runTitle = run?.record.title ?? null;
    return {
      text: composeConversation({ conversation, task: task ?? null, runTitle, began }),
      createdAt: conversation.createdAt,
    };
  }
}

async function show(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}
