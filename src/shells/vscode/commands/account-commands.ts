import type { CommandTable } from './command-table.ts';

/** Accounts: add, name, switch, limit, rotate the key, test, remove. */
export const ACCOUNT_COMMANDS: CommandTable = {
  'ensemble.addAccount': async (shell) => (await import('../accounts/add-account.ts')).addAccount(shell),
  'ensemble.useEditorModels': async (shell) =>
    (await import('../providers/vscode-lm/use-editor-models.ts')).useEditorModels(shell),
  'ensemble.renameAccount': async (shell, element) => (await import('./accounts.ts')).renameAccount(shell, element),
  'ensemble.enableAccount': async (shell, element) => (await import('./accounts.ts')).enableAccount(shell, element),
  'ensemble.disableAccount': async (shell, element) => (await import('./accounts.ts')).disableAccount(shell, element),
  'ensemble.setAccountLimits': async (shell, element) =>
    (await import('./account-amounts.ts')).setAccountLimits(shell, element),
  'ensemble.setAccountBudget': async (shell, element) =>
    (await import('./account-amounts.ts')).setAccountBudget(shell, element),
  'ensemble.updateAccountKey': async (shell, element) =>
    (await import('./accounts.ts')).updateAccountKey(shell, element),
  'ensemble.testAccount': async (shell, element) => (await import('./test-accounts.ts')).testAccount(shell, element),
  'ensemble.testAllAccounts': async (shell) => (await import('./test-accounts.ts')).testAllAccounts(shell),
  'ensemble.removeAccount': async (shell, element) => (await import('./accounts.ts')).removeAccount(shell, element),
  'ensemble.refreshAccounts': (shell) => shell.accountsView.refresh(),
};
