import type { ConversationRecord } from '../../../core/ports.ts';
import type { Row } from '../sqlite/connection.ts';
import { integer, integerOrNull, text } from './row.ts';

/** What a row of `conversations` says beside its texts. */
export function conversationFacts(row: Row): Omit<ConversationRecord, 'messages' | 'response'> {
  return {
    id: integer(row, 'id'),
    taskId: text(row, 'task_id'),
    runId: text(row, 'run_id'),
    type: text(row, 'type'),
    model: text(row, 'model'),
    account: text(row, 'account'),
    status: text(row, 'status'),
    tokens: integerOrNull(row, 'tokens'),
    costUSD: integerOrNull(row, 'cost'),
    createdAt: text(row, 'created_at'),
    agent: text(row, 'agent'),
    rerunOf: integerOrNull(row, 'rerun_of'),
  };
}
