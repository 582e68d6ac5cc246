import type { ChosenVersion } from '../../../core/together/chosen-versions.ts';
import type { CommandTable } from './command-table.ts';
import { generateFileTests, generateTests } from './generate-tests.ts';
import { applyProposedEdits, discardProposedEdits, showProposedEdits } from './proposed-edits.ts';
import { refactorFile, refactorSelection } from './refactor.ts';
import { runAgain } from './run-again.ts';
import { runGeneratedTests } from './run-generated-tests.ts';
import { takeVersion } from './take-version.ts';

/** Refactoring and test generation, and what becomes of their proposals. */
export const CHANGE_COMMANDS: CommandTable = {
  'ensemble.refactorSelection': async (shell) => refactorSelection(shell),
  'ensemble.refactorFile': async (shell, uri) => refactorFile(shell, uri),
  'ensemble.generateTests': async (shell) => generateTests(shell),
  'ensemble.generateFileTests': async (shell, uri) => generateFileTests(shell, uri),
  'ensemble.runAgain': async (shell, run) => runAgain(shell, run),
  'ensemble.showProposedEdits': async (shell, run) => showProposedEdits(shell, run),
  'ensemble.applyProposedEdits': async (shell, run) => applyProposedEdits(shell, run, false),
  'ensemble.previewProposedEdits': async (shell, run) => applyProposedEdits(shell, run, true),
  'ensemble.discardProposedEdits': async (shell, run) => discardProposedEdits(shell, run),
  'ensemble.takeVersion': async (shell, run, version) => takeVersion(shell, run, version as ChosenVersion | undefined),
  'ensemble.runGeneratedTests': async (shell, run) => runGeneratedTests(shell, run),
};
