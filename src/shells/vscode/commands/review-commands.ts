import type { CommandTable } from './command-table.ts';

/** Reviews. */
export const REVIEW_COMMANDS: CommandTable = {
  'ensemble.reviewSelection': async (shell) => (await import('./review.ts')).reviewSelection(shell),
  'ensemble.reviewFile': async (shell) => (await import('./review.ts')).reviewFile(shell),
  'ensemble.reviewWorkspace': async (shell) => (await import('./review.ts')).reviewWorkspace(shell),
  'ensemble.reviewChanges': async (shell, change, ...more) =>
    (await import('./review-changes.ts')).reviewChanges(shell, change, more),
  'ensemble.reviewResource': async (shell, uri, all) => (await import('./review.ts')).reviewResources(shell, uri, all),
  'ensemble.tryWithoutKey': async (shell) => (await import('./review.ts')).tryWithoutKey(shell),
};
