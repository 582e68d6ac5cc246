import { addAccount } from '../accounts/add-account.ts';
import { useEditorModels } from '../providers/vscode-lm/use-editor-models.ts';
import { setAccountBudget, setAccountLimits } from './account-amounts.ts';
import { disableAccount, enableAccount, removeAccount, renameAccount, updateAccountKey } from './accounts.ts';
import type { CommandTable } from './command-table.ts';
import { testAccount, testAllAccounts } from './test-accounts.ts';

/** Accounts: add, name, switch, limit, rotate the key, test, remove. */
export const ACCOUNT_COMMANDS: CommandTable = {
  'ensemble.addAccount': async (shell) => addAccount(shell),
  'ensemble.useEditorModels': async (shell) => useEditorModels(shell),
  'ensemble.renameAccount': async (shell, element) => renameAccount(shell, element),
  'ensemble.enableAccount': async (shell, element) => enableAccount(shell, element),
  'ensemble.disableAccount': async (shell, element) => disableAccount(shell, element),
  'ensemble.setAccountLimits': async (shell, element) => setAccountLimits(shell, element),
  'ensemble.setAccountBudget': async (shell, element) => setAccountBudget(shell, element),
  'ensemble.updateAccountKey': async (shell, element) => updateAccountKey(shell, element),
  'ensemble.testAccount': async (shell, element) => testAccount(shell, element),
  'ensemble.testAllAccounts': async (shell) => testAllAccounts(shell),
  'ensemble.removeAccount': async (shell, element) => removeAccount(shell, element),
  'ensemble.refreshAccounts': (shell) => shell.accountsView.refresh(),
};
