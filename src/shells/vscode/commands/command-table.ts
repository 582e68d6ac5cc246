import type { Shell } from '../shell.ts';

/** What a command does. `argument` is what the menu entry stands for, such as an element of the Agents view;
 * `more` what the menu tells beside it, such as all that is selected. */
export type CommandHandler = (shell: Shell, argument: unknown, ...more: unknown[]) => Promise<void>;

/** Commands of one subject by id. The tables are loaded with the first command that anybody runs, never at activation. */
export type CommandTable = Readonly<Record<`ensemble.${string}`, CommandHandler>>;
