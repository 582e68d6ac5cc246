import { EVERYBODY, type MessageKind } from './types.ts';

/** A message that an answer asks to be sent. */
export interface TaggedMessage {
  /** {@link EVERYBODY} for a broadcast. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly content: string;
  /** Id of the request that a response answers. */
  readonly inReplyTo: number | null;
}

/** An answer taken apart. */
export interface TaggedAnswer {
  readonly messages: readonly TaggedMessage[];
  /** The answer without these messages. */
  readonly text: string;
  /** Sentences about tags that are no message; they are left in the text. */
  readonly problems: readonly string[];
}

// `[^<>]*` ends at the next tag, so that a text full of broken tags is still read once.
const TOKEN = /<AGENT_MESSAGE(?=[\s>])([^<>]*)>|<\/AGENT_MESSAGE\s*>|^[ \t]*(?:```|~~~)/gm;
const ATTRIBUTE = /([a-z][a-z-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const KINDS: readonly string[] = ['data', 'request', 'response', 'broadcast'] satisfies readonly MessageKind[];

interface OpenTag {
  readonly attributes: string;
  readonly start: number;
  readonly contentStart: number;
}

/**
 * Reads S3's `<AGENT_MESSAGE to="name">...</AGENT_MESSAGE>` out of an answer. `type` may name the kind (default `data`;
 * `to="*"` is a broadcast), and a response names its request with `in-reply-to`. A tag inside of a code block is quoted
 * text and not sent. Takes time in proportion to the text; never throws.
 */
export function parseMessageTags(answer: string): TaggedAnswer {
  const messages: TaggedMessage[] = [];
  const problems: string[] = [];
  let text = '';
  let copiedTo = 0;
  let isQuoted = false;
  let open: OpenTag | null = null;
  for (const token of answer.matchAll(TOKEN)) {
    const [whole, attributes] = token;
    const end = token.index + whole.length;
    if (attributes !== undefined) {
      if (isQuoted) problems.push(QUOTED_TAG);
      else {
        if (open) problems.push(UNCLOSED);
        open = { attributes, start: token.index, contentStart: end };
      }
    } else if (!whole.startsWith('</')) {
      if (!open) isQuoted = !isQuoted;
    } else if (open) {
      const read = readMessage(open.attributes, answer.slice(open.contentStart, token.index));
      if ('problem' in read) problems.push(read.problem);
      else {
        messages.push(read);
        text += answer.slice(copiedTo, open.start);
        copiedTo = end;
      }
      open = null;
    }
  }
  if (open) problems.push(UNCLOSED);
  return { messages, text: text + answer.slice(copiedTo), problems };
}

/** The problem of a tag in a code block: most are examples and meant to stay there. */
export const QUOTED_TAG = 'A message in a code block was not sent: write it outside of the block.';
const UNCLOSED = 'A message was not sent: its closing </AGENT_MESSAGE> is missing.';

function readMessage(attributeText: string, body: string): TaggedMessage | { readonly problem: string } {
  const attributes = new Map<string, string>();
  for (const [, name = '', quoted, single] of attributeText.matchAll(ATTRIBUTE)) {
    attributes.set(name, (quoted ?? single ?? '').trim());
  }
  const type = attributes.get('type') ?? (attributes.get('to') === EVERYBODY ? 'broadcast' : 'data');
  const to = type === 'broadcast' ? EVERYBODY : (attributes.get('to') ?? '');
  const inReplyTo = Number(attributes.get('in-reply-to') ?? 'none');
  const content = body.trim();
  if (!isKind(type)) return { problem: `A message was not sent: its type is none of ${KINDS.join(', ')}.` };
  if (to === '' && type !== 'response')
    return { problem: 'A message was not sent: it does not say to whom (to="name").' };
  if (content === '') return { problem: 'A message was not sent: it is empty.' };
  if (type === 'response' && !Number.isSafeInteger(inReplyTo)) {
    return { problem: 'A response was not sent: it does not say which request it answers (in-reply-to="its number").' };
  }
  return { to, kind: type, content, inReplyTo: type === 'response' ? inReplyTo : null };
}

function isKind(text: string): text is MessageKind {
  return KINDS.includes(text);
}
