import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FileEdit } from '../results.ts';
import { applyChanges, plainText } from './line-changes.ts';

/** Lines around a change. */
const CONTEXT_LINES = 3;

/**
 * The difference between two texts as git prints it, so that `git apply` and `patch` take it; empty where there is none.
 * `before` null: the file is new. Line breaks in it are those of the texts.
 */
export function unifiedDiff(file: string, before: string | null, after: string): string {
  if (before === after) return '';
  const from = before === null ? '/dev/null' : `a/${file}`;
  const options = { context: CONTEXT_LINES, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from, `b/${file}`, before ?? '', after, undefined, undefined, options);
}

/** What an edit does to the text that it was made for, as a diff with plain line breaks. */
export function diffOfEdit({ file, changes }: Pick<FileEdit, 'file' | 'changes'>, text: string | null): string {
  const before = text === null ? null : plainText(text);
  return unifiedDiff(file, before, applyChanges(before ?? '', changes));
}
