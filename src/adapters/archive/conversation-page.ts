import type { Row } from './archive-source.ts';
import { valuesOf } from './json-tables.ts';
import { block, dollars, facts, fenced, inline } from './markdown.ts';
import { fileNamePart, monthOf, numbered } from './names.ts';

/** Where a conversation lies in the archive. */
export function conversationPath(row: { readonly id: unknown; readonly type: unknown; readonly at: unknown }): string {
  return `conversations/${monthOf(row.at)}/${numbered(row.id)}-${fileNamePart(String(row.type), 'conversation')}.md`;
}

/** A conversation with a model as a readable document. */
export function conversationPage(row: Row, isDamaged: boolean): string {
  const { messages } = valuesOf('conversations', row);
  const answer =
    row.response === null ? `_There is no answer: the call is ${inline(row.status)}._` : fenced(String(row.response));
  return `${[
    `# Conversation ${row.id}: ${inline(row.type)}`,
    ...(isDamaged ? ['> The text of this conversation is damaged in the database.'] : []),
    facts([
      ['Began', row.created_at],
      ['Run', row.run_id],
      ['Task', row.task_id],
      ['Model', row.model],
      ['Account', row.account],
      ['Status', row.status],
      ['Tokens', row.tokens],
      ['Cost', dollars(typeof row.cost === 'number' ? row.cost : null)],
    ]),
    ...turns(messages),
    '## Answer',
    answer,
  ].join('\n\n')}\n`;
}

function turns(messages: unknown): string[] {
  if (!Array.isArray(messages)) return ['## Request', block(messages)];
  return messages.flatMap((message) => {
    const { role, content, ...rest } = Object(message) as Readonly<Record<string, unknown>>;
    const name = typeof role === 'string' && role !== '' ? role : 'message';
    const others = Object.keys(rest).length > 0 ? [block(rest)] : [];
    return [`## ${inline(name.charAt(0).toUpperCase() + name.slice(1))}`, block(content ?? message), ...others];
  });
}
