import type { Message } from '../../../../core/model.ts';
import { firstSentence, requestOf, sectionsOf, sectionText } from './prompt-sections.ts';

/**
 * An answer together with what its agent writes to others: each request gets the gist of the answer as its response, and who is told
 * to compare notes asks the other. In a later turn nothing new is known, so the answer stays as it was.
 */
export function withMessages(answer: string, messages: readonly Message[]): string {
  const lastAnswer = messages.findLastIndex(({ role }) => role === 'assistant');
  const news = messages.slice(Math.max(1, lastAnswer + 1)).map(({ content }) => content);
  const asked = news.flatMap((text) =>
    [...text.matchAll(/^## Message (\d+) from \S+: request$/gm)].map((match) => match[1]),
  );
  const gist = firstSentence(answer) || 'There is nothing to say.';
  const responses = asked.map((id) => `<AGENT_MESSAGE type="response" in-reply-to="${id}">${gist}</AGENT_MESSAGE>`);
  const isFirst = lastAnswer < 0;
  return [isFirst ? answer : 'UNCHANGED', ...responses, ...(isFirst ? notes(gist, messages) : [])].join('\n\n');
}

function notes(gist: string, messages: readonly Message[]): string[] {
  const sections = sectionsOf(requestOf(messages));
  if (!sections.some(({ heading }) => heading === 'Compare notes')) return [];
  const [, other] = /^- (\S+) \(/m.exec(sectionText(sections, 'Other agents')) ?? [];
  return other === undefined
    ? []
    : [`<AGENT_MESSAGE to="${other}" type="request">${gist} Do you agree?</AGENT_MESSAGE>`];
}
