import type { CommandTable } from './command-table.ts';
import { acceptFinding, dismissFinding, goToFinding, goToOne, showEvidence } from './findings.ts';
import { restoreDismissedFindings } from './restore-findings.ts';

/** Findings: decide about them, walk through them, put them away. */
export const FINDING_COMMANDS: CommandTable = {
  'ensemble.acceptFinding': async (shell, finding) => acceptFinding(shell, finding),
  'ensemble.dismissFinding': async (shell, finding) => dismissFinding(shell, finding),
  'ensemble.showFindingEvidence': async (shell, finding) => showEvidence(shell, finding),
  'ensemble.goToFinding': async (shell, finding) => goToOne(shell, finding),
  'ensemble.nextFinding': async (shell) => goToFinding(shell, 1),
  'ensemble.previousFinding': async (shell) => goToFinding(shell, -1),
  'ensemble.clearFindings': async (shell) => shell.findings.clear(null),
  'ensemble.restoreDismissedFindings': async (shell, fingerprint) => restoreDismissedFindings(shell, fingerprint),
};
