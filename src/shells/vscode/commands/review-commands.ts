import type { CommandTable } from './command-table.ts';
import { reviewFile, reviewResources, reviewSelection, reviewWorkspace, tryWithoutKey } from './review.ts';
import { reviewChanges } from './review-changes.ts';

/** Reviews. */
export const REVIEW_COMMANDS: CommandTable = {
  'ensemble.reviewSelection': async (shell) => reviewSelection(shell),
  'ensemble.reviewFile': async (shell) => reviewFile(shell),
  'ensemble.reviewWorkspace': async (shell) => reviewWorkspace(shell),
  'ensemble.reviewChanges': async (shell, change, ...more) => reviewChanges(shell, change, more),
  'ensemble.reviewResource': async (shell, uri, all) => reviewResources(shell, uri, all),
  'ensemble.tryWithoutKey': async (shell) => tryWithoutKey(shell),
};
