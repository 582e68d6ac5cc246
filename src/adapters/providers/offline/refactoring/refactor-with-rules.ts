import type { PromptFile } from '../../../../core/context/numbered-files.ts';
import type { ProposedEdit } from '../../../../core/edits/proposed-edit.ts';
import { ruleLanguage } from '../../../../core/review/languages.ts';
import type { Range } from '../../../../core/source/masked-text.ts';
import { PythonCode } from '../../../../core/source/python-code.ts';
import { ScriptCode } from '../../../../core/source/script-code.ts';
import type { SourceCode } from '../../../../core/source/source-code.ts';
import { PYTHON_REFACTORINGS } from './python-refactorings.ts';
import type { Change, RefactoringRule } from './refactoring-rule.ts';
import { SCRIPT_REFACTORINGS } from './script-refactorings.ts';

/** Edits that one answer holds; the rest is found by the next run. */
const MAX_EDITS = 60;

/** Lines of the file that may change; both ends count. */
interface Lines {
  readonly first: number;
  readonly last: number;
}

/** What the rules change in code, by lines, in their order. Languages without rules give none. */
export function refactorWithRules(file: PromptFile, allowed: Lines | null): ProposedEdit[] {
  const language = ruleLanguage(file.languageId);
  if (language === null) return [];
  return language === 'python'
    ? apply(new PythonCode(file), PYTHON_REFACTORINGS, allowed)
    : apply(new ScriptCode(file), SCRIPT_REFACTORINGS, allowed);
}

interface Found extends Change {
  readonly why: string;
}

function apply<Code extends SourceCode>(
  code: Code,
  rules: readonly RefactoringRule<Code>[],
  allowed: Lines | null,
): ProposedEdit[] {
  const found = rules
    .flatMap((rule) => [...rule.find(code)].map((change): Found => ({ ...change, why: rule.title })))
    .filter((one) => !code.text.slice(one.start, one.end).includes('[redacted '))
    .filter((one) => isWithin(code, one, allowed))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const groups: Found[][] = [];
  let last = -1;
  for (const one of found) {
    const range = code.linesOf(one);
    const group = groups.at(-1);
    const before = group?.at(-1);
    // What overlaps an earlier change has to wait for the next run.
    if (before && one.start < before.end) continue;
    if (group && range.start <= last) group.push(one);
    else groups.push([one]);
    last = Math.max(last, range.end);
  }
  return groups.slice(0, MAX_EDITS).map((group) => editOf(code, group));
}

function isWithin(code: SourceCode, change: Change, allowed: Lines | null): boolean {
  if (allowed === null) return true;
  return (
    code.lineAt(change.start) >= allowed.first && code.lineAt(Math.max(change.start, change.end - 1)) <= allowed.last
  );
}

/** Changes of the same lines as one edit that quotes them whole. */
function editOf(code: SourceCode, group: readonly Found[]): ProposedEdit {
  const { start, end } = quotable(code, {
    start: code.linesOf(group[0] ?? { start: 0, end: 0 }).start,
    end: Math.max(...group.map((one) => code.linesOf(one).end)),
  });
  let replace = '';
  let position = start;
  for (const one of group) {
    replace += code.text.slice(position, one.start) + one.newText;
    position = one.end;
  }
  replace += code.text.slice(position, end);
  const why = [...new Set(group.map((one) => one.why))].join(' ');
  return { search: code.text.slice(start, end), replace, line: code.lineAt(start), why };
}

/** The lines, with as many before (else after) them as it takes to quote more than white space. */
function quotable(code: SourceCode, lines: Range): Range {
  let { start, end } = lines;
  while (start > 0 && code.text.slice(start, end).trim() === '')
    start = code.linesOf({ start: start - 1, end: start }).start;
  while (end < code.text.length && code.text.slice(start, end).trim() === '')
    end = code.linesOf({ start: end + 1, end: end + 2 }).end;
  return { start, end };
}
