import { readTarget } from '../edits/read-target.ts';
import { isEnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome, Workspace } from '../ports.ts';
import { conflictsOf, type EditConflict } from '../together/conflicts.ts';
import { type KnownConflict, RESOLVE_TASK_ID, resolverTask } from '../together/resolver.ts';
import type { AgentTask } from './types.ts';

/** Conflicts that are settled at most; a person decides the others. */
const MAX_CONFLICTS = 20;
/** Lines of a conflict that are shown to a resolver at most. */
const MAX_LINES = 200;
/** Lines that are shown above and below a conflict. */
const AROUND = 5;

/** What the conflicts are looked up with. */
export interface SettlingDependencies {
  readonly workspace: Workspace | null;
  /** Values that must be neither stored nor sent. */
  knownSecrets(): readonly string[];
}

/**
 * Has somebody settle what agents of one run have proposed against one another: behind the last task that knows all proposals (its
 * payload says so) comes another one, where there is a conflict. The lines as they are go into the journal, so that a resumed run and a
 * replay ask the same. A file that has changed since leaves its conflicts to the person.
 */
export class SettlingExecutor implements TaskExecutor {
  readonly #inner: TaskExecutor;
  readonly #deps: SettlingDependencies;

  constructor(inner: TaskExecutor, deps: SettlingDependencies) {
    this.#inner = inner;
    this.#deps = deps;
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const outcome = await this.#inner.execute(execution, context);
    const { settlesEdits, brief, prompt, call } = execution.task.payload as unknown as AgentTask;
    if (outcome.status !== 'completed' || !settlesEdits || execution.task.id === RESOLVE_TASK_ID) return outcome;
    const conflicts = conflictsOf(execution.proposed?.() ?? []);
    if (conflicts.length === 0) return outcome;
    const known = await this.#known(conflicts, context);
    if (known.length === 0) return outcome;
    const dependencies = [...new Set(known.flatMap(({ versions }) => versions.map(({ taskId }) => taskId)))];
    const task = resolverTask(known, { task: brief ?? prompt, dependencies, call });
    return { ...outcome, extend: [...(outcome.extend ?? []), task] };
  }

  async #known(conflicts: readonly EditConflict[], context: ExecutionContext): Promise<readonly KnownConflict[]> {
    const files = [...new Set(conflicts.map(({ file }) => file))];
    const detail = { files, conflicts: conflicts.length };
    const found = await context.effect('conflicts', detail, async () => {
      const known: KnownConflict[] = [];
      for (const conflict of conflicts.slice(0, MAX_CONFLICTS)) {
        const one = await this.#lookUp(conflict, known.length + 1, context.signal);
        if (one) known.push(one);
      }
      return known as unknown as Json;
    });
    return found as unknown as readonly KnownConflict[];
  }

  /** Null: its lines are not what the agents saw, or more than can be shown. */
  async #lookUp(conflict: EditConflict, number: number, signal: AbortSignal): Promise<KnownConflict | null> {
    const { file, baseHash, startLine, endLine } = conflict;
    if (baseHash === null) return { ...conflict, number, languageId: '', before: '', around: ['', ''] };
    if (endLine - startLine >= MAX_LINES) return null;
    try {
      const code = await readTarget(
        { type: 'file', path: file },
        this.#deps.workspace,
        signal,
        this.#deps.knownSecrets(),
      );
      if (code.baseHash !== baseHash) return null;
      const lines = code.text.split('\n');
      const part = (from: number, to: number) => lines.slice(Math.max(0, from), Math.max(0, to)).join('\n');
      return {
        ...conflict,
        ...{ number, languageId: code.languageId, before: part(startLine - 1, endLine) },
        around: [part(startLine - 1 - AROUND, startLine - 1), part(Math.max(endLine, startLine - 1), endLine + AROUND)],
      };
    } catch (error) {
      signal.throwIfAborted();
      if (isEnsembleError(error)) return null;
      throw error;
    }
  }
}
