import * as z from 'zod';
import type { TaggedMessage } from '../../messages/message-tags.ts';
import { EVERYBODY } from '../../messages/types.ts';
import type { ToolDefinition } from '../../model.ts';
import { parametersOf } from './parameters-of.ts';
import { readInput } from './tool-input.ts';

/** Name of the tool by which an agent writes to others; the same as a message tag in its answer. */
export const SEND_MESSAGE = 'send-message';

const inputSchema = z.object({
  to: z.string().min(1).max(200).describe('Name of the task or agent; "*" for all. Of a response: who asked.'),
  type: z.enum(['data', 'request', 'response', 'broadcast']).default('data'),
  content: z.string().trim().min(1),
  inReplyTo: z.number().int().optional().describe('Of a response: the number of the request.'),
});

/** As the provider takes it. */
export function sendMessageDefinition(): ToolDefinition {
  return {
    name: SEND_MESSAGE,
    description:
      'Writes to another agent of this run. A request is answered in a later message, before your answer is final. Use it only where somebody must know or decide something.',
    parameters: parametersOf(inputSchema),
  };
}

/** Reads the arguments of a call; a text says what is wrong with them. */
export function readSendMessage(argumentText: string): TaggedMessage | string {
  const input = readInput(SEND_MESSAGE, inputSchema, argumentText);
  if (!input.ok) return input.problem;
  const { to, type, content, inReplyTo } = input.value;
  if (type === 'response' && inReplyTo === undefined) return 'A response says in inReplyTo which request it answers.';
  const kind = to === EVERYBODY && type === 'data' ? 'broadcast' : type;
  return {
    to: kind === 'broadcast' ? EVERYBODY : to,
    kind,
    content,
    inReplyTo: kind === 'response' ? (inReplyTo ?? null) : null,
  };
}
