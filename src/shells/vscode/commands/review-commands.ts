import type { CommandTable } from './command-table.ts';

/** Reviews. */
export const REVIEW_COMMANDS: CommandTable = {
  'ensemble.reviewSelection': async (shell) => (await import('./review.ts')).reviewSelection(shell),
  'ensemble.reviewFile': async (shell) => (await import('./review.ts')).reviewFile(shell),
  'ensemble.reviewWorkspace': async (shell) => (await import('./review.ts')).reviewWorkspace(shell),
  'ensemble.tryWithoutKey': async (shell) => (await import('./review.ts')).tryWithoutKey(shell),
};
