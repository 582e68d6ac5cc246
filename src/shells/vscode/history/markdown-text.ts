/** Characters of one text that a document shows: an editor becomes slow with more, and refuses 50 MB. */
export const MOST_SHOWN = 1_000_000;

/** A code block whose fence is longer than any in the text. A text that is too long is cut, and says so. */
export function fenced(text: string, language: string): string {
  const shown = text.slice(0, MOST_SHOWN);
  const longest = [...shown.matchAll(/`+/g)].reduce((most, [ticks]) => Math.max(most, ticks.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}${cutNote(text)}`;
}

/** Prose as it is; data so that it can be read. */
export function answerText(response: string): string {
  if (response.length > MOST_SHOWN) return `${response.slice(0, MOST_SHOWN)}${cutNote(response)}`;
  try {
    const value: unknown = JSON.parse(response);
    if (typeof value === 'object' && value !== null) return fenced(JSON.stringify(value, null, 2), 'json');
  } catch {
    // No JSON: text for people.
  }
  return response;
}

/** A text on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Facts as a list. */
export function factList(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- **${name}**: ${oneLine(value)}`).join('\n');
}

function cutNote(text: string): string {
  if (text.length <= MOST_SHOWN) return '';
  const all = text.length.toLocaleString('en-US');
  return `\n\n> This is the beginning: ${MOST_SHOWN.toLocaleString('en-US')} of ${all} characters. All of it is kept: \`ensemble history show\` prints it.`;
}
