import type { Shell } from '../shell.ts';
import { parseElement } from '../views/agent-views.ts';

/** Shows what a row of the Agents view asks, to allow or refuse it; of a run, or without a row, what is waiting. */
export async function answerAgent(shell: Shell, argument: unknown): Promise<void> {
  const { runId, taskId } = typeof argument === 'string' ? parseElement(argument) : { runId: null, taskId: null };
  await shell.approvals.show(runId, taskId);
}

/** Refuses what a row of the Agents view asks; without a row everything that waits is offered. */
export async function refuseAgent(shell: Shell, argument: unknown): Promise<void> {
  const { runId, taskId } = typeof argument === 'string' ? parseElement(argument) : { runId: null, taskId: null };
  if (runId === null || taskId === null) await shell.approvals.answer();
  else await shell.approvals.refuse(runId, taskId);
}
