import type { RunMessage } from '../../../core/messages/run-message.ts';
import type { Row } from '../sqlite/connection.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, jsonOrNull, text, toJsonOrNull } from './row.ts';

/** New messages of a run, and those of which more is known now; in the transaction of the entries that say so. */
export function writeMessages(database: OperationDatabase, runId: string, messages: readonly RunMessage[]): void {
  for (const message of messages) {
    database.run(
      `INSERT INTO messages (run_id, message_id, sender, sender_instance, recipient, receivers, type, content, in_reply_to,
        sent_at, deliveries)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run_id, message_id) DO UPDATE SET deliveries = excluded.deliveries`,
      [
        ...[runId, message.id, message.from, message.fromInstance, message.to, toJsonOrNull(message.receivers)],
        ...[message.kind, message.content, message.inReplyTo, message.sentAt, JSON.stringify(message.deliveries)],
      ],
    );
  }
}

export function readMessages({ database }: OperationContext, runId: string): RunMessage[] {
  return database.all('SELECT * FROM messages WHERE run_id = ? ORDER BY message_id', [runId]).map(messageOf);
}

function messageOf(row: Row): RunMessage {
  return {
    id: integer(row, 'message_id'),
    from: text(row, 'sender'),
    fromInstance: text(row, 'sender_instance'),
    to: text(row, 'recipient'),
    receivers: jsonOrNull(row, 'receivers'),
    kind: text(row, 'type') as RunMessage['kind'],
    content: text(row, 'content'),
    inReplyTo: row.in_reply_to === null ? null : integer(row, 'in_reply_to'),
    sentAt: text(row, 'sent_at'),
    deliveries: json(row, 'deliveries'),
  };
}
