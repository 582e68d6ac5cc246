import type { CommandTable } from './command-table.ts';

/** Accounts: add, rotate the key, test, remove. */
export const ACCOUNT_COMMANDS: CommandTable = {
  'ensemble.addAccount': async (shell) => (await import('./add-account.ts')).addAccount(shell),
  'ensemble.updateAccountKey': async (shell, name) => (await import('./accounts.ts')).updateAccountKey(shell, name),
  'ensemble.testAccount': async (shell, name) => {
    await (await import('./accounts.ts')).testAccount(shell, name);
  },
  'ensemble.removeAccount': async (shell, name) => (await import('./accounts.ts')).removeAccount(shell, name),
};
