import type { Message } from '../../../../core/model.ts';

/** A section of a prompt: a heading of the first level and the text up to the next one. */
export interface Section {
  readonly heading: string;
  readonly text: string;
}

/** A result of another agent as a prompt quotes it (core/context/task-context.ts). */
export interface EarlierResult {
  readonly title: string;
  /** Null: that task has no result. */
  readonly text: string | null;
}

const DATA = /<data-([0-9a-f]{8})>\n([\s\S]*?)\n<\/data-\1>/g;

/** What the user says before the first answer: that is the task. */
export function requestOf(messages: readonly Message[]): string {
  const answered = messages.findIndex(({ role }) => role === 'assistant');
  const before = answered === -1 ? messages : messages.slice(0, answered);
  return before.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).join('\n\n');
}

/** The sections of a prompt. Headings inside of quoted data are none of its own. */
export function sectionsOf(prompt: string): Section[] {
  const hidden = prompt.replace(DATA, (data) => data.replace(/^#/gm, ' '));
  const headings = [...hidden.matchAll(/^# (.+)$/gm)];
  return headings.map((match, index) => ({
    heading: (match[1] ?? '').trim(),
    text: prompt.slice(match.index + match[0].length, headings[index + 1]?.index ?? prompt.length).trim(),
  }));
}

/** The text of the last section whose heading begins so: a part comes behind its whole. Empty where there is none. */
export function sectionText(sections: readonly Section[], heading: string): string {
  return sections.findLast((section) => section.heading.startsWith(heading))?.text ?? '';
}

/** The results of other agents in a section, in their order. */
export function earlierResults(section: string): EarlierResult[] {
  const data = new Map<string, string>();
  const hidden = section.replace(DATA, (_whole, _tag, text: string) => {
    const key = `\u0000${data.size}\u0000`;
    data.set(key, text);
    return key;
  });
  return hidden
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [heading = ''] = part.split('\n', 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL cannot be in a prompt, so it marks where data stood.
      const key = /\u0000\d+\u0000/.exec(part)?.[0];
      return {
        title: heading.replace(/^[^:]*: /, '').trim(),
        text: key === undefined ? null : (data.get(key) ?? null),
      };
    });
}

/** The text between the first data tags; all of it where there are none. */
export function dataText(text: string): string {
  return /<data-([0-9a-f]{8})>\n([\s\S]*?)\n<\/data-\1>/.exec(text)?.[2] ?? text;
}

/** The first sentence of a text, without Markdown; at most `limit` characters. */
export function firstSentence(text: string, limit = 200): string {
  const line =
    text
      .split('\n')
      .map((one) => one.replace(/^[\s>*#-]+|\*\*/g, '').trim())
      .find((one) => one !== '' && !one.startsWith('```') && !/^_.*_$/.test(one)) ?? '';
  const sentence = /^.+?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  return sentence.length > limit ? `${sentence.slice(0, limit - 1)}…` : sentence;
}
