/** A piece of code as it stands in a prompt. */
export interface PromptFile {
  readonly path: string;
  readonly languageId: string;
  /** Line breaks are `\n`; none at the end. */
  readonly text: string;
  /** 1-based line of the file at which `text` begins. */
  readonly startLine: number;
  /** What is said of it behind its lines, such as that the rest is shown elsewhere. Default: nothing, it is whole. */
  readonly note?: string;
}

const FILE_HEADER = /^## File ("(?:[^"\\]|\\.)*") \(([^()]*)\), lines (\d+)-(\d+)(.*)$/;
const FENCE = /^`{3,}$/;

/**
 * Code for a prompt, as data: each file under a heading, in a fence that is longer than any row of backticks in the files,
 * with the true line number before each line, so that no line of it can pass for a part of the prompt.
 * {@link parseNumberedFiles} reads it back (offline provider).
 */
export function renderNumberedFiles(files: readonly PromptFile[]): string {
  const fence = fenceFor(files);
  return files.map((file) => renderFile(file, fence)).join('\n\n');
}

function renderFile({ path, languageId, text, startLine, note = '' }: PromptFile, fence: string): string {
  const lines = text.split('\n');
  const numbered = lines.map((line, index) => `${startLine + index}|${line === '' ? '' : ` ${line}`}`);
  const range = `${startLine}-${startLine + lines.length - 1}`;
  const header = `## File ${JSON.stringify(path)} (${languageId.replace(/[()\n]/g, '')}), lines ${range}${note}`;
  return [header, fence, ...numbered, fence].join('\n');
}

function fenceFor(files: readonly PromptFile[]): string {
  let longest = 2;
  for (const { text } of files) {
    for (const [ticks] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, ticks.length);
  }
  return '`'.repeat(longest + 1);
}

/** The files in a text of {@link renderNumberedFiles}, whatever stands around them; null where one is cut off. */
export function parseNumberedFiles(prompt: string): PromptFile[] | null {
  const lines = prompt.split('\n');
  const files: PromptFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const header = FILE_HEADER.exec(lines[at] ?? '');
    const fence = lines[at + 1] ?? '';
    if (!header || !FENCE.test(fence)) continue;
    const end = lines.indexOf(fence, at + 2);
    if (end === -1) return null;
    const [, path = '""', languageId = '', startLine, , note = ''] = header;
    const text = lines
      .slice(at + 2, end)
      .map(withoutNumber)
      .join('\n');
    const file = { path: JSON.parse(path) as string, languageId, text, startLine: Number(startLine) };
    files.push(note === '' ? file : { ...file, note });
    at = end;
  }
  return files;
}

function withoutNumber(line: string): string {
  return line.replace(/^\d+\| ?/, '');
}
