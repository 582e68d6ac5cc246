import type { TaskExecutor, TaskOutcome } from '../ports.ts';
import type { Attempt, Performer } from './attempt.ts';
import { AttemptContext } from './attempt-context.ts';
import { AttemptWork } from './attempt-work.ts';
import { executionOf } from './execution.ts';
import type { RunState } from './state.ts';

/** Lets an executor do the attempts of a run, each with a context of its own and once it is allowed. */
export class ExecutorPerformer implements Performer {
  readonly #executor: TaskExecutor;
  readonly #state: RunState;

  constructor(executor: TaskExecutor, state: RunState) {
    this.#executor = executor;
    this.#state = state;
  }

  perform(attempt: Attempt): void {
    const work = new AttemptWork(attempt);
    attempt.work = work;
    this.#ifAllowed(attempt, work).then(
      (outcome) => attempt.end(outcome),
      (failure) => attempt.fail(failure),
    );
  }

  #ifAllowed(attempt: Attempt, work: AttemptWork): Promise<TaskOutcome> {
    const { approval } = attempt.task.spec;
    const execute = () => this.#execute(attempt, work);
    return approval === undefined ? execute() : work.ifAllowed(approval, execute);
  }

  async #execute({ task }: Attempt, work: AttemptWork): Promise<TaskOutcome> {
    return this.#executor.execute(executionOf(this.#state, task), new AttemptContext(work));
  }
}
