import { answerAgent, refuseAgent } from './answer-agent.ts';
import type { CommandTable } from './command-table.ts';
import { openLocation } from './open-location.ts';
import { runTask } from './run-task.ts';
import { runWorkflow } from './run-workflow.ts';
import { cancelRun, endRun, openResult, resumeRun } from './runs.ts';

/** Runs, their results, and the log. */
export const RUN_COMMANDS: CommandTable = {
  'ensemble.runTask': async (shell) => runTask(shell),
  'ensemble.runWorkflow': async (shell) => runWorkflow(shell),
  'ensemble.cancelRun': async (shell, element) => cancelRun(shell, element),
  'ensemble.resumeRun': async (shell, element) => resumeRun(shell, element),
  'ensemble.answerAgents': async (shell) => shell.approvals.answer(),
  'ensemble.answerAgent': async (shell, element) => answerAgent(shell, element),
  'ensemble.refuseAgent': async (shell, element) => refuseAgent(shell, element),
  'ensemble.endRun': async (shell, element) => endRun(shell, element),
  'ensemble.openResult': async (shell, element) => openResult(shell, element),
  'ensemble.openLocation': async (_, location) => openLocation(location),
  'ensemble.refreshRuns': (shell) => shell.agents.refresh(),
  'ensemble.showLog': async (shell) => shell.log.show(),
};
