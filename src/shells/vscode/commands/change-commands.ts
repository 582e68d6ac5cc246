import type { CommandTable } from './command-table.ts';

/** Refactoring and test generation, and what becomes of their proposals. */
export const CHANGE_COMMANDS: CommandTable = {
  'ensemble.refactorSelection': async (shell) => (await import('./refactor.ts')).refactorSelection(shell),
  'ensemble.refactorFile': async (shell, uri) => (await import('./refactor.ts')).refactorFile(shell, uri),
  'ensemble.generateTests': async (shell) => (await import('./generate-tests.ts')).generateTests(shell),
  'ensemble.generateFileTests': async (shell, uri) =>
    (await import('./generate-tests.ts')).generateFileTests(shell, uri),
  'ensemble.runAgain': async (shell, run) => (await import('./run-again.ts')).runAgain(shell, run),
  'ensemble.showProposedEdits': async (shell, run) =>
    (await import('./proposed-edits.ts')).showProposedEdits(shell, run),
  'ensemble.applyProposedEdits': async (shell, run) =>
    (await import('./proposed-edits.ts')).applyProposedEdits(shell, run, false),
  'ensemble.previewProposedEdits': async (shell, run) =>
    (await import('./proposed-edits.ts')).applyProposedEdits(shell, run, true),
  'ensemble.discardProposedEdits': async (shell, run) =>
    (await import('./proposed-edits.ts')).discardProposedEdits(shell, run),
  'ensemble.runGeneratedTests': async (shell, run) =>
    (await import('./run-generated-tests.ts')).runGeneratedTests(shell, run),
};
