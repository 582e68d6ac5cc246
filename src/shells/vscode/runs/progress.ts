import type { EnsembleEvent } from '../../../core/events.ts';

/** What a progress bar is told. */
export interface ProgressStep {
  /** Percent to add; 0 when only the text changed. */
  readonly increment: number;
  readonly ended: number;
  readonly total: number;
  /** Names of the agents at work now, each once, in the order they began. */
  readonly working: readonly string[];
}

/**
 * Turns events into steps of a bar. The graph may grow while it is worked on: the bar then waits, it never goes back.
 */
export class RunProgress {
  readonly #tasks = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #working = new Map<string, string>();
  #percent = 0;

  /** `known`: tasks of a run that is resumed, those that have ended before among them. */
  constructor(known: readonly { readonly taskId: string; readonly ended: boolean }[] = []) {
    for (const { taskId, ended } of known) {
      this.#tasks.add(taskId);
      if (ended) this.#ended.add(taskId);
    }
  }

  /** Null: nothing to show changed. */
  apply(event: EnsembleEvent): ProgressStep | null {
    if (!('taskId' in event)) return null;
    switch (event.type) {
      case 'task:added':
        this.#tasks.add(event.taskId);
        break;
      case 'task:start':
        this.#tasks.add(event.taskId);
        this.#working.set(event.taskId, event.agentName);
        break;
      case 'task:complete':
      case 'task:skipped':
        this.#end(event.taskId);
        break;
      case 'task:error':
        if (event.willRetry) this.#working.delete(event.taskId);
        else this.#end(event.taskId);
        break;
      default:
        return null;
    }
    return {
      increment: this.#advance(),
      ended: this.#ended.size,
      total: this.#tasks.size,
      working: [...new Set(this.#working.values())],
    };
  }

  #end(taskId: string): void {
    this.#tasks.add(taskId);
    this.#working.delete(taskId);
    this.#ended.add(taskId);
  }

  #advance(): number {
    const percent = this.#tasks.size === 0 ? 0 : (this.#ended.size / this.#tasks.size) * 100;
    const increment = Math.max(0, percent - this.#percent);
    this.#percent += increment;
    return increment;
  }
}
