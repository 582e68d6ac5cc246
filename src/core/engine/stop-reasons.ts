import type { ErrorInfo } from '../errors.ts';
import type { RunLimits } from './journal-entry.ts';
import type { TaskState } from './state.ts';

/** Nothing goes on. */
export function cancelled(message = 'The run was cancelled.'): ErrorInfo {
  return { code: 'cancelled', message, hint: null };
}

/** Its owner stops, or was asked to stop it. */
export function interruption(): ErrorInfo {
  return {
    code: 'cancelled',
    message: 'The run was interrupted.',
    hint: 'Resume it to go on where it stopped.',
  };
}

/** Its process ended without a word. */
export function processEnded(): ErrorInfo {
  return {
    code: 'cancelled',
    message: 'The process that ran it has ended.',
    hint: 'Resume it to go on where it stopped.',
  };
}

/** These tasks, one at least, wait for answers. */
export function waitsForPeople(tasks: readonly TaskState[]): ErrorInfo {
  const open = [...(tasks[0]?.questions?.values() ?? [])];
  const title = open.find(({ approved }) => approved === null)?.title ?? '';
  const message =
    tasks.length === 1
      ? `The run waits for a decision: ${title}`
      : `${tasks.length} tasks of the run wait for a decision.`;
  return { code: 'approval-required', message, hint: 'Answer, then resume it.' };
}

/** The whole run took too long. */
export function runTimeout({ runTimeoutMs }: RunLimits): ErrorInfo {
  return {
    code: 'run-timeout',
    message: `The run took longer than ${runTimeoutMs / 1000} s.`,
    hint: 'Resume it to go on where it stopped, or raise engine.globalTimeoutMs.',
  };
}
