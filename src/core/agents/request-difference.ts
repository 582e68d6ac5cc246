import { EnsembleError, type TextDifference } from '../errors.ts';
import type { ConversationRecord, Stores } from '../ports.ts';

/** Rows that are read at once. */
const PAGE = 200;

/** A message as conversations keep it. */
export interface KeptMessage {
  readonly role: string;
  readonly content: string;
}

/**
 * What a replay has found, with the first line in which the request differs from the one that the conversations have. Of several
 * attempts the one that is most like it counts. As it was, where the conversation was deleted or its messages are the same.
 */
export async function withDifference(
  diverged: EnsembleError,
  messages: readonly KeptMessage[],
  row: Pick<ConversationRecord, 'runId' | 'taskId' | 'type'>,
  conversations: Stores['conversations'],
): Promise<EnsembleError> {
  let best: { readonly same: number; readonly difference: TextDifference | null } | null = null;
  for await (const kept of requestsOf(row, conversations)) {
    const found = compare(kept, messages);
    if (best === null || found.same > best.same) best = found;
  }
  const { difference } = best ?? { difference: null };
  const { code, message, hint } = diverged;
  return difference === null
    ? diverged
    : new EnsembleError(code, message, { hint: hint ?? '', cause: diverged, difference });
}

async function* requestsOf(
  { runId, taskId, type }: Pick<ConversationRecord, 'runId' | 'taskId' | 'type'>,
  conversations: Stores['conversations'],
): AsyncGenerator<readonly KeptMessage[]> {
  for (let offset = 0; ; offset += PAGE) {
    const { items, total } = await conversations.list({ limit: PAGE, offset, runId });
    for (const one of items) {
      if (one.taskId === taskId && one.type === type) yield one.messages as unknown as readonly KeptMessage[];
    }
    if (items.length === 0 || offset + PAGE >= total) return;
  }
}

/** How many characters are the same from the beginning, and where that ends. */
function compare(before: readonly KeptMessage[], now: readonly KeptMessage[]) {
  let same = 0;
  for (let at = 0; at < Math.max(before.length, now.length); at++) {
    const [old, next] = [before[at], now[at]];
    const part = `message ${at + 1} (${next?.role ?? old?.role ?? ''})`;
    const [oldLines, newLines] = [old, next].map((one) => one?.content.split('\n') ?? []);
    for (let line = 0; line < Math.max(oldLines?.length ?? 0, newLines?.length ?? 0); line++) {
      const [was, is] = [oldLines?.[line] ?? null, newLines?.[line] ?? null];
      if (was !== is) return { same, difference: { part, line: line + 1, before: was, now: is } };
      same += (was?.length ?? 0) + 1;
    }
  }
  return { same, difference: null };
}
