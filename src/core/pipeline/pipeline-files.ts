import { diffLines } from 'diff';
import { toLineChanges } from '../edits/line-changes.ts';
import type { TargetCode } from '../edits/read-target.ts';
import type { Splice } from '../edits/resolve-edit.ts';
import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isSecretLike } from '../policy/secret-files.ts';
import type { FileEdit } from '../results.ts';
import type { PipelineFile } from './pipeline-answers.ts';

/** Folders that no agent writes to: they steer tools, or are made by them. */
const CLOSED = /^(?:\.git|\.ensemble|\.vscode|\.github|node_modules)(?:\/|$)/i;
/** Problems that a repair turn is told about. */
const MAX_PROBLEMS = 5;

/** A file that the agents were shown, as far as edits need it. */
export type KnownFile = Pick<TargetCode, 'path' | 'text' | 'baseHash' | 'redactedLines'>;

/** Files in an answer that may be proposed; paths come out in one spelling. Throws `invalid-model-output` with what is wrong. */
export function settleFiles(files: readonly PipelineFile[], known: readonly KnownFile[]): PipelineFile[] {
  const settled = files.map((file) => ({
    ...file,
    path: file.path
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(?:\.\/)+/, ''),
  }));
  const problems = settled.flatMap(({ path, content }, index) => {
    const problem = problemOf(path, content, known);
    if (problem !== null) return [`- ${JSON.stringify(path)} ${problem}`];
    const again = settled.findIndex((one) => one.path.toLowerCase() === path.toLowerCase()) < index;
    return again ? [`- ${JSON.stringify(path)} is there twice.`] : [];
  });
  if (problems.length > 0) {
    const lines = ['These files cannot be used:', ...problems.slice(0, MAX_PROBLEMS)];
    throw new EnsembleError('invalid-model-output', lines.join('\n'));
  }
  return settled;
}

function problemOf(path: string, content: string, known: readonly KnownFile[]): string | null {
  const parts = path.split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a path
  if (path.startsWith('/') || /^[a-z]:/i.test(path) || /[\u0000-\u001f]/.test(path))
    return 'is no path inside of the workspace.';
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'is no path inside of the workspace.';
  if (CLOSED.test(path)) return 'lies in a folder that is not written to.';
  if (isSecretLike(path)) return 'may hold secrets by its name; such files are not written.';
  if (/^\s*```[\s\S]*```\s*$/.test(content))
    return 'holds a Markdown fence; its content has to be the text of the file.';
  if (content.includes('[redacted '))
    return 'holds the mark of a removed secret; read it from the environment instead.';
  const there = known.find((file) => file.path === path);
  if (there && there.redactedLines.length > 0)
    return 'has a secret in it that was removed, so it cannot be written whole.';
  return null;
}

/** The files as proposals: new ones whole, those that were shown as changes of lines; what stays as it is is none. */
export function proposedFiles(files: readonly PipelineFile[], known: readonly KnownFile[]): FileEdit[] {
  return files.flatMap(({ path, content, summary }): FileEdit[] => {
    const text = content.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    const there = known.find((file) => file.path === path);
    if (!there) {
      return [{ file: path, baseHash: null, changes: [{ startLine: 1, endLine: 0, newText: text }], summary }];
    }
    const changes = toLineChanges(
      there.text,
      splicesBetween(there.text, `${text}${there.text.endsWith('\n') ? '\n' : ''}`),
    );
    return changes.length === 0 ? [] : [{ file: path, baseHash: there.baseHash, changes, summary }];
  });
}

function splicesBetween(before: string, after: string): Splice[] {
  const splices: Splice[] = [];
  let at = 0;
  for (const { value, added, removed } of diffLines(before, after)) {
    if (added) splices.push({ start: at, end: at, text: value });
    else if (removed) splices.push({ start: at, end: at + value.length, text: '' });
    if (!added) at += value.length;
  }
  return joined(splices);
}

/** A removal and the insertion behind it are one replacement. */
function joined(splices: readonly Splice[]): Splice[] {
  const result: Splice[] = [];
  for (const splice of splices) {
    const last = result.at(-1);
    if (last && last.end === splice.start)
      result.splice(-1, 1, { ...last, end: splice.end, text: last.text + splice.text });
    else result.push(splice);
  }
  return result;
}

/** The known files in the detail of a task. */
export function knownFiles(detail: { readonly [key: string]: Json } | null): readonly KnownFile[] {
  return (detail?.files ?? []) as unknown as readonly KnownFile[];
}
