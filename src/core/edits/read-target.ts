import { EnsembleError } from '../errors.ts';
import { redact } from '../policy/redaction.ts';
import { isSecretLike } from '../policy/secret-files.ts';
import type { Workspace } from '../ports.ts';
import type { CodeTarget } from '../requests.ts';
import { decodeText } from '../review/decode-text.ts';
import { IgnoreFiles, parentOf } from '../review/ignore-files.ts';
import { languageOf } from '../review/languages.ts';
import { hasBinaryName, overlongLine } from '../review/left-out.ts';
import { baseHashOf, plainText } from './line-changes.ts';

/** Larger files are refused. Bytes of a file, characters of a document. */
const MAX_SIZE = 1024 * 1024;

/** The code that agents work on. Everything in it may be sent and stored. JSON. */
export interface TargetCode {
  readonly path: string;
  readonly languageId: string;
  /** All of the file: redacted, line breaks are `\n`, no byte order mark. */
  readonly text: string;
  /** {@link FileEdit.baseHash} of the text as it was before redaction. */
  readonly baseHash: string;
  /** 1-based lines that had a secret in them. What is written there would not be what stands there: no edit may touch them. */
  readonly redactedLines: readonly number[];
  /** The lines that are meant, inside of the text; null: all. */
  readonly lines: { readonly first: number; readonly last: number } | null;
}

/**
 * Reads what a refactoring or test generation is about; a document needs no workspace. Files that may hold secrets by their name, and those that
 * `.ensembleignore` names, are never read; what `.gitignore` leaves out is, because somebody named it.
 * Rejects `not-found` and `invalid-input` with what to do instead.
 */
export async function readTarget(
  target: CodeTarget,
  workspace: Workspace | null,
  signal: AbortSignal,
  knownSecrets: readonly string[],
): Promise<TargetCode> {
  const { path, raw } =
    target.type === 'file' ? await readFile(target.path, workspace) : await readDocument(target, workspace);
  signal.throwIfAborted();
  const plain = plainText(raw);
  if (plain.trim() === '') throw refused(`${path} is empty.`, 'Choose a file with code in it.');
  const overlong = overlongLine(plain);
  if (overlong)
    throw refused(`Line ${overlong.line} of ${path} has ${overlong.length} characters: minified code or data.`);
  const text = redact(plain, knownSecrets).text;
  const languageId = target.type === 'document' && target.languageId !== '' ? target.languageId : languageOf(path, raw);
  const lines = target.type === 'document' ? linesInside(target.lines, plain) : null;
  return { path, languageId, text, baseHash: baseHashOf(raw), redactedLines: changedLines(plain, text), lines };
}

function refused(message: string, hint = 'Choose another file.'): EnsembleError {
  return new EnsembleError('invalid-input', message, { hint });
}

async function readFile(given: string, workspace: Workspace | null) {
  if (!workspace) {
    throw new EnsembleError('invalid-input', 'There is no folder with code.', { hint: 'Open a folder first.' });
  }
  const path = await placeOf(given, workspace);
  await requireAllowed(path, workspace);
  return { path, raw: await readText(path, workspace) };
}

async function readDocument(
  { file, text }: { readonly file: string; readonly text: string },
  workspace: Workspace | null,
) {
  await requireAllowed(file, workspace);
  return { path: file, raw: documentText(file, text) };
}

async function placeOf(given: string, workspace: Workspace): Promise<string> {
  const path = given.replace(/^(?:\.\/)+/, '');
  const kind = (await workspace.stat(path))?.kind;
  if (kind === undefined) {
    throw new EnsembleError('not-found', `There is no file ${path}.`, {
      hint: 'Check the path; it is relative to the folder that is open, or to the root of the git repository.',
    });
  }
  if (kind === 'directory') throw refused(`${path || 'The workspace root'} is a folder.`, 'Name one file in it.');
  if (kind === 'file') return path;
  const place = kind === 'symlink' ? await workspace.resolveLink(path) : null;
  if (place === null || (await workspace.stat(place))?.kind !== 'file')
    throw refused(`${path} is not a file inside the workspace.`);
  return place;
}

async function requireAllowed(path: string, workspace: Workspace | null): Promise<void> {
  if (isSecretLike(path)) throw refused(`${path} may hold secrets by its name; such files are never read.`);
  // A document without a folder, or from outside of it: no ignore file is about it.
  if (!workspace || path.startsWith('/') || path.split('/').includes('..')) return;
  const ignore = new IgnoreFiles(workspace);
  await ignore.enter(parentOf(path));
  if (ignore.ignoredBy(path, false) === '.ensembleignore') {
    throw refused(`${path} is ignored by .ensembleignore.`, 'Choose another file, or change .ensembleignore.');
  }
}

async function readText(path: string, workspace: Workspace): Promise<string> {
  if (hasBinaryName(path)) throw refused(`${path} is no text: binary, by its name.`);
  const { bytes, truncated } = await workspace.readFile(path, MAX_SIZE);
  if (truncated) throw tooLarge(path);
  const decoded = decodeText(bytes);
  if ('problem' in decoded) throw refused(`${path} is no text: ${decoded.problem}.`);
  return decoded.text;
}

function documentText(file: string, text: string): string {
  if (text.length > MAX_SIZE) throw tooLarge(file);
  return text;
}

function tooLarge(path: string): EnsembleError {
  return refused(`${path} is larger than 1 MiB.`, 'Split the file first.');
}

function linesInside(lines: TargetCode['lines'], text: string): TargetCode['lines'] {
  if (lines === null) return null;
  const count = text.split('\n').length;
  const first = Math.min(Math.max(1, lines.first), count);
  const last = Math.min(Math.max(first, lines.last), count);
  const meant = text.split('\n').slice(first - 1, last);
  if (meant.every((line) => line.trim() === ''))
    throw refused('The selected lines are empty.', 'Select some code first, or take the whole file.');
  return first === 1 && last === count ? null : { first, last };
}

/** Redaction keeps line breaks, so lines correspond. */
function changedLines(before: string, after: string): number[] {
  if (before === after) return [];
  const old = before.split('\n');
  return after.split('\n').flatMap((line, index) => (line === old[index] ? [] : [index + 1]));
}

/** A target as the journal keeps it: the text is in the tasks. */
export function withoutText(target: CodeTarget): CodeTarget {
  return target.type === 'document' ? { ...target, text: '' } : target;
}
