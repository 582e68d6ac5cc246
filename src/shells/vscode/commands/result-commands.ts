import type { CommandTable } from './command-table.ts';
import { showPerformanceReport } from './performance.ts';
import { saveResultAs, showRunInAgents } from './results.ts';
import { setTracingKey } from './tracing-key.ts';

/** What can be done with a result document. */
export const RESULT_COMMANDS: CommandTable = {
  'ensemble.saveResultAs': async (shell, run) => saveResultAs(shell, run),
  'ensemble.setTracingKey': async (shell) => setTracingKey(shell),
  'ensemble.showPerformanceReport': async (shell, run) => showPerformanceReport(shell, run),
  'ensemble.showRunInAgents': async (shell, run) => showRunInAgents(shell, run),
};
