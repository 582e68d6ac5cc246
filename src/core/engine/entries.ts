import type { EntryDraft, JournalBody } from './journal-entry.ts';
import type { TaskState } from './state.ts';

/** An entry about a task, for its present attempt unless another is given. */
export function taskEntry({ instanceId, attempt }: TaskState, body: JournalBody, number = attempt): EntryDraft {
  return draft(body, instanceId, number);
}

/** An entry about the run itself. */
export function runEntry(body: JournalBody): EntryDraft {
  return draft(body, null, 0);
}

/** Written out, as a spread costs several times as much and every task has some of them. */
function draft({ kind, payload }: JournalBody, instanceId: string | null, attempt: number): EntryDraft {
  return { kind, payload, instanceId, attempt } as EntryDraft;
}
