import type { AgentTask } from '../agents/types.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { ConversationRecord, RunJournal, Stores } from '../ports.ts';
import type { PromptLibrary } from '../prompts/library.ts';
import type { RunRequest, TaskRequest } from '../requests.ts';

/** A model call that was made, with what is still known of what it was made for. */
export interface PastCall {
  readonly conversation: ConversationRecord;
  /** Null: the run is gone, or the call belongs to no task. */
  readonly task: AgentTask | null;
  /** The request of the run that was rendered from a prompt of the library; null: none was. */
  readonly request: TaskRequest | null;
}

/** What is needed to make a call once more. */
export interface PastCalls {
  /** Null: there is none. */
  read(conversation: number): Promise<PastCall | null>;
  /** A version of a prompt filled in. Rejects `not-found`, or `invalid-input` naming all missing variables. */
  renderPrompt(name: string, version: number, values: Readonly<Record<string, Json>>): Promise<string>;
}

/** What {@link StoredCalls} reads. */
export interface PastCallSources {
  readonly conversations: Pick<Stores['conversations'], 'get'>;
  readonly journal: Pick<RunJournal, 'read'>;
  readonly prompts: Pick<PromptLibrary, 'renderVersion'>;
}

/** Earlier calls as the database has them. */
export class StoredCalls implements PastCalls {
  readonly #sources: PastCallSources;

  constructor(sources: PastCallSources) {
    this.#sources = sources;
  }

  async read(conversation: number): Promise<PastCall | null> {
    const found = await this.#sources.conversations.get(conversation);
    if (found === null) return null;
    const entries = await this.#sources.journal.read(found.runId);
    const specs = entries.flatMap((entry) => (entry.kind === 'graph-extended' ? entry.payload.tasks : []));
    const [first] = entries;
    const stored = first?.kind === 'run-started' ? first.payload.request : null;
    const request = (stored as unknown as { readonly request?: RunRequest } | null)?.request;
    return {
      conversation: found,
      task: taskOf(found, specs),
      request: request?.kind === 'run' && request.prompt ? request : null,
    };
  }

  renderPrompt(name: string, version: number, values: Readonly<Record<string, Json>>): Promise<string> {
    return this.#sources.prompts.renderVersion(name, version, values);
  }
}

/** The task of a call. Calls of the super-agent carry the id of the run alone (S1): there the kind of call tells. */
function taskOf({ taskId, runId, type }: ConversationRecord, specs: readonly TaskSpec[]): AgentTask | null {
  const tasks = specs.map(({ id, payload }) => ({ id, task: payload as unknown as AgentTask }));
  const found =
    taskId === runId
      ? tasks.find(({ task }) => task.purpose === type)
      : tasks.find(({ id }) => id === taskId.slice(runId.length + 1));
  return found?.task ?? null;
}
