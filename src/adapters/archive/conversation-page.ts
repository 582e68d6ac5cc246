import type { ReadRow } from './archive-source.ts';
import { valuesOf } from './json-tables.ts';
import { block, dollars, facts, fenced, inline } from './markdown.ts';

/** A call of a model as a section of a readable document. `level`: of its heading. */
export function conversationSection({ row, isDamaged }: ReadRow, level: number): string {
  const { messages } = valuesOf('conversations', row);
  const turn = '#'.repeat(level + 1);
  const answer =
    row.response === null ? `_There is no answer: the call is ${inline(row.status)}._` : fenced(String(row.response));
  return `${[
    `${'#'.repeat(level)} Conversation ${row.id}: ${inline(row.type)}`,
    ...(isDamaged ? ['> The text of this conversation is damaged in the database.'] : []),
    facts([
      ['Began', row.created_at],
      ['Task', row.task_id],
      ['Agent', row.agent],
      ['Model', row.model],
      ['Account', row.account],
      ['Status', row.status],
      ['Tokens', row.tokens],
      ['Cost', dollars(typeof row.cost === 'number' ? row.cost : null)],
    ]),
    ...turns(messages, turn),
    `${turn} Answer`,
    answer,
  ].join('\n\n')}\n\n`;
}

function turns(messages: unknown, turn: string): string[] {
  if (!Array.isArray(messages)) return [`${turn} Request`, block(messages)];
  return messages.flatMap((message) => {
    const { role, content, ...rest } = Object(message) as Readonly<Record<string, unknown>>;
    const name = typeof role === 'string' && role !== '' ? role : 'message';
    const others = Object.keys(rest).length > 0 ? [block(rest)] : [];
    return [`${turn} ${inline(name.charAt(0).toUpperCase() + name.slice(1))}`, block(content ?? message), ...others];
  });
}
