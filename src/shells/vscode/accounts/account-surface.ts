import * as vscode from 'vscode';
import type { SecretStore } from '../../../core/ports.ts';
import type { Outlets } from '../host/outlets.ts';
import { reportError } from '../host/report.ts';
import { onDidChangeKey } from '../host/secrets.ts';
import type { Session } from '../host/session.ts';
import { AccountsTree } from '../views/accounts-tree.ts';
import { AccountNotes } from './account-notes.ts';
import type { AccountSettings } from './account-settings.ts';
import { AccountsReader } from './accounts-reader.ts';

/** What the accounts of the editor are shown from. */
export interface AccountSurfaceParts {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly settings: AccountSettings;
  readonly secrets: SecretStore;
  readonly outlets: Outlets;
  readonly log: vscode.LogOutputChannel;
}

/** Makes the Accounts view and what it remembers; both follow keys that another window changes, and the editor's models. */
export function createAccountSurface({ context, session, settings, secrets, outlets, log }: AccountSurfaceParts): {
  readonly notes: AccountNotes;
  readonly view: AccountsTree;
} {
  const notes = new AccountNotes(context.globalState);
  const view = new AccountsTree({
    reader: new AccountsReader({ session, settings, secrets, notes }),
    notes,
    changed: (elements) => outlets.accounts.fire(elements),
    waiting: (count) => outlets.waiting.fire(count),
    failed: (error) => log.error(error instanceof Error ? error : String(error)),
  });
  const follow = async () => {
    // Another window may have mended a refused key.
    await session.reconfigure();
    await view.refresh();
  };
  const keys = onDidChangeKey(context.secrets, () => {
    follow().catch((error: unknown) => reportError(error, log));
  });
  // Extensions that bring models start late, and come and go.
  const models = vscode.lm.onDidChangeChatModels(() => {
    if (!settings.list().some(({ provider }) => provider === 'vscode-lm')) return;
    follow().catch((error: unknown) => reportError(error, log));
  });
  context.subscriptions.push(view, keys, models);
  return { notes, view };
}
