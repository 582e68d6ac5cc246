import { ACCOUNT_COMMANDS } from './account-commands.ts';
import { CHANGE_COMMANDS } from './change-commands.ts';
import type { CommandTable } from './command-table.ts';
import { DASHBOARD_COMMANDS } from './dashboard-commands.ts';
import { DATABASE_COMMANDS } from './database-commands.ts';
import { DOCUMENT_COMMANDS } from './document-commands.ts';
import { FINDING_COMMANDS } from './finding-commands.ts';
import { HISTORY_COMMANDS } from './history-commands.ts';
import { PROMPT_COMMANDS } from './prompt-commands.ts';
import { RESULT_COMMANDS } from './result-commands.ts';
import { REVIEW_COMMANDS } from './review-commands.ts';
import { RUN_COMMANDS } from './run-commands.ts';
import { STATUS_COMMANDS } from './status-commands.ts';

/** Every command of the extension; package.json contributes exactly these (a host test compares). */
export const COMMANDS: CommandTable = {
  ...ACCOUNT_COMMANDS,
  ...CHANGE_COMMANDS,
  ...DASHBOARD_COMMANDS,
  ...DATABASE_COMMANDS,
  ...DOCUMENT_COMMANDS,
  ...HISTORY_COMMANDS,
  ...PROMPT_COMMANDS,
  ...REVIEW_COMMANDS,
  ...FINDING_COMMANDS,
  ...RESULT_COMMANDS,
  ...RUN_COMMANDS,
  ...STATUS_COMMANDS,
};
