import { type PromptFile, parseNumberedFiles, renderNumberedFiles } from '../context/numbered-files.ts';
import type { Piece } from './chunks.ts';
import type { Lens, LensName } from './lenses.ts';

/** What the prompt of a lens task says; {@link parseReviewPrompt} reads it back (offline provider). */
export interface ReviewPrompt {
  readonly lens: LensName;
  readonly files: readonly PromptFile[];
}

/** Findings that one answer may hold, so that it is not cut in the middle. */
export const MAX_FINDINGS = 20;

/** Said where files are reviewed for what has changed in them. */
const CHANGE_RULE = `This is a review of a change. The heading of a file names its changed lines; the other lines are there so that you understand them. Report what is wrong in changed lines or becomes wrong because of them. Of lines that have not changed report only what is critical or high.`;

const LENS_LINE = /^Review the files below for (\w+)\.$/m;

/**
 * The prompt of a lens task. What is the same for every chunk comes first, so that prompt caches hit; then the files
 * as numbered lines.
 */
export function renderReviewPrompt(lens: Lens, pieces: readonly Piece[], pass: number): string {
  return [
    `Review the files below for ${lens.name}.`,
    ...(pass > 1 ? [`This is the second pass. ${lens.secondLook}`] : []),
    `Answer with JSON only: {"findings": [{"file", "quote", "line", "severity", "category", "title", "explanation", "suggestion", "replacement", "confidence"}]}.
- file: the path as it stands in the heading. line: the number before the first quoted line.
- quote: the complete lines that are wrong, verbatim, without numbers; as few as show the problem, at most 10.
- severity: critical (exploitable, or loses data), high (fails in ordinary use), medium (fails in special cases), low (minor), info.
- category: ${lens.name}.
- title: the problem in one sentence of at most 12 words. explanation: why it is one, in one to three sentences. suggestion: what to do.
- replacement: new text for exactly the quoted lines, indented as they are, where a small change there solves it; else null.
- confidence: 0 to 1.
At most ${MAX_FINDINGS} findings, the worst first.`,
    ...(pieces.some(({ changed }) => changed) ? [CHANGE_RULE] : []),
    '# Files',
    renderNumberedFiles(pieces.map(annotated)),
  ].join('\n\n');
}

function annotated(piece: Piece) {
  const { startLine, endLine, firstLine, lastLine } = piece;
  const partial = startLine > firstLine || endLine < lastLine;
  const elsewhere = piece.changed ? 'reviewed separately where they have changed' : 'reviewed separately';
  const note = partial ? ` of ${firstLine}-${lastLine} (the other lines are ${elsewhere})` : '';
  return { ...piece, note: note + changeNote(piece) };
}

function changeNote({ changed }: Piece): string {
  if (!changed) return '';
  return `; changed: ${changed.map(({ first, last }) => (last > first ? `${first}-${last}` : first)).join(', ')}`;
}

/** Reads a prompt of {@link renderReviewPrompt}; null for any other text. */
export function parseReviewPrompt(prompt: string): ReviewPrompt | null {
  const lens = LENS_LINE.exec(prompt)?.[1];
  if (lens === undefined) return null;
  const files = parseNumberedFiles(prompt);
  return files === null ? null : { lens: lens as LensName, files };
}
