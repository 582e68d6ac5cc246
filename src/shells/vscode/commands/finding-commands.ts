import type { CommandTable } from './command-table.ts';

/** Findings: decide about them, walk through them, put them away. */
export const FINDING_COMMANDS: CommandTable = {
  'ensemble.acceptFinding': async (shell, finding) => (await import('./findings.ts')).acceptFinding(shell, finding),
  'ensemble.dismissFinding': async (shell, finding) => (await import('./findings.ts')).dismissFinding(shell, finding),
  'ensemble.showFindingEvidence': async (shell, finding) =>
    (await import('./findings.ts')).showEvidence(shell, finding),
  'ensemble.goToFinding': async (shell, finding) => (await import('./findings.ts')).goToOne(shell, finding),
  'ensemble.nextFinding': async (shell) => (await import('./findings.ts')).goToFinding(shell, 1),
  'ensemble.previousFinding': async (shell) => (await import('./findings.ts')).goToFinding(shell, -1),
  'ensemble.clearFindings': async (shell) => shell.findings.clear(null),
  'ensemble.restoreDismissedFindings': async (shell, fingerprint) =>
    (await import('./restore-findings.ts')).restoreDismissedFindings(shell, fingerprint),
};
