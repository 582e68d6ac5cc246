import type { EntryDraft, JournalBody } from './journal-entry.ts';
import type { TaskState } from './state.ts';

/** An entry about a task, for its present attempt unless another is given. */
export function taskEntry({ instanceId, attempt }: TaskState, body: JournalBody, number = attempt): EntryDraft {
  return { ...body, instanceId, attempt: number };
}

/** An entry about the run itself. */
export function runEntry(body: JournalBody): EntryDraft {
  return { ...body, instanceId: null, attempt: 0 };
}
