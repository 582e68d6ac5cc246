import { EnsembleError, toErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { TaskSpec } from '../graph/types.ts';
import { validateGraph } from '../graph/validate.ts';
import type { Logger, RunOwner } from '../ports.ts';
import type { CommitLog } from './commit-log.ts';
import { runEntry } from './entries.ts';
import type { RunLimits, RunSnapshot } from './journal-entry.ts';

/** A run to start. */
export interface RunPlan {
  readonly runId: string;
  readonly snapshot: RunSnapshot;
  readonly tasks: readonly TaskSpec[];
}

/** Checks a run and makes it durable. Rejects `invalid-graph`, `invalid-input` for impossible limits or a known id, or with a storage error. */
export async function createRun(log: CommitLog, owner: RunOwner, { snapshot, tasks }: RunPlan): Promise<void> {
  checkLimits(snapshot.limits);
  validateGraph(tasks);
  await log.create(owner, [
    runEntry({ kind: 'run-started', payload: snapshot }),
    runEntry({ kind: 'graph-extended', payload: { by: null, tasks } }),
  ]);
}

/** A listener's bug must not hurt the run. */
export function guarded(listener: EventListener, logger: Logger): EventListener {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      logger.error('An event listener failed', { event: event.type, message: toErrorInfo(error).message });
    }
  };
}

function checkLimits({ maxParallel, runTimeoutMs, taskTimeoutMs }: RunLimits): void {
  if (!Number.isInteger(maxParallel) || maxParallel < 1) {
    throw new EnsembleError('invalid-input', `A run cannot have ${maxParallel} tasks at once.`, {
      hint: 'Use a whole number from 1.',
    });
  }
  if (!(runTimeoutMs > 0 && taskTimeoutMs > 0)) {
    throw new EnsembleError('invalid-input', `The time limits are ${runTimeoutMs} and ${taskTimeoutMs} ms.`, {
      hint: 'Use more than 0 ms.',
    });
  }
}
