/** Longest line, UTF-16 units. */
const MAX_LENGTH = 120;

/** A tool call in a few words, such as `read-file src/a.ts`, from arguments as the model wrote them. */
export function toolLine(tool: string, argumentsText: string): string {
  const line = `${tool} ${valuesOf(argumentsText)}`.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

function valuesOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const values = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    return values.filter((one) => ['string', 'number'].includes(typeof one)).join(' ');
  } catch {
    return text;
  }
}
