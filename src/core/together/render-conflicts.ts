import type { ConflictResult, ConflictVersion } from '../results.ts';
import { asProse, codeSpan, fenced } from '../review/markdown.ts';
import { openConflicts } from './chosen-versions.ts';
import { versionText } from './conflicts.ts';

/** What came of contradicting changes, as Markdown: what was settled in a line each, what is open with all versions side by side. */
export function renderConflicts(conflicts: readonly ConflictResult[]): readonly string[] {
  const settled = conflicts.filter((one) => one.settled !== null);
  const open = openConflicts({ conflicts });
  return [
    ...(settled.length === 0
      ? []
      : ['## Settled contradictions', settled.map((one) => `- ${placeOf(one)}: ${outcomeOf(one)}`).join('\n')]),
    ...(open.length === 0
      ? []
      : [
          '## Left for you to decide',
          'Agents want different changes of the same lines. None of these is among the proposed changes: take a version here in the editor, or with `ensemble runs edits RUN --take CONFLICT=VERSION`.',
          ...open.flatMap(({ number, conflict }) => renderOpen(number, conflict)),
        ]),
  ];
}

function placeOf({ file, startLine, endLine }: ConflictResult): string {
  if (endLine < startLine) return `${codeSpan(file)}, before line ${startLine}`;
  return `${codeSpan(file)}, ${startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`}`;
}

function outcomeOf({ settled, version, versions, why }: ConflictResult): string {
  const taken = versions[(version ?? 0) - 1];
  const what = settled === 'version' && taken ? `the version of ${nameOf(taken)} is proposed` : 'made of all versions';
  return `${what}. ${asProse(oneLine(why ?? ''))}`.trim();
}

/** The heading of an open conflict. `number`: its place in the result, from 1. */
export function conflictHeading(number: number, conflict: ConflictResult): string {
  return `### Conflict ${number}: ${placeOf(conflict)}`;
}

function renderOpen(number: number, conflict: ConflictResult): string[] {
  const { before, versions, why, endLine, startLine } = conflict;
  return [
    conflictHeading(number, conflict),
    ...(why === null || why === '' ? [] : [asProse(oneLine(why))]),
    ...(before === null || endLine < startLine ? [] : ['As it is:', fenced(before, '')]),
    ...versions.flatMap((version, index) => [
      `Version ${index + 1}, ${nameOf(version)}: ${asProse(oneLine(version.summary))}`,
      textOf(conflict, version),
    ]),
  ];
}

function textOf(conflict: ConflictResult, version: ConflictVersion): string {
  if (conflict.before !== null) return fenced(versionText(conflict, conflict.before, version), '');
  return version.changes
    .map(({ startLine, endLine, newText }) => {
      const where = endLine < startLine ? `Before line ${startLine}:` : `Lines ${startLine}-${endLine}:`;
      return `${where}\n\n${fenced(newText, '')}`;
    })
    .join('\n\n');
}

function nameOf({ agent, taskId }: ConflictVersion): string {
  return `**${asProse(agent)}** (${asProse(taskId)})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
