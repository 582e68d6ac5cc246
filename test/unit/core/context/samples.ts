const FILLER = [
  'This part of the work was looked at from several sides before a decision was made.',
  'The team weighed how much the change would help against how much it would cost to maintain.',
  'Nothing in the present structure stands against it, and the alternatives looked weaker.',
  'It follows the habits of the code around it, so that readers find what they expect.',
  'A later step can build on it without having to know how it came about.',
];

/**
 * A report of about so many tokens (four characters each), as agents write them: a heading, paragraphs without any particular fact,
 * and the given facts as sentences spread over its middle.
 */
export function report(title: string, tokens: number, facts: readonly string[] = []): string {
  const paragraphs: string[] = [];
  let characters = 0;
  for (let at = 0; characters < tokens * 4; at++) {
    const sentences = FILLER.map((_, index) => FILLER[(at + index) % FILLER.length]).slice(0, 3 + (at % 3));
    paragraphs.push(sentences.join(' '));
    characters += sentences.join(' ').length + 2;
  }
  const first = Math.floor(paragraphs.length / 3);
  for (const [index, fact] of facts.entries()) {
    const at = first + Math.floor((index * paragraphs.length) / (3 * facts.length));
    paragraphs[at] = `${paragraphs[at] ?? ''} ${fact}.`;
  }
  return [`# ${title}`, ...paragraphs].join('\n\n');
}
