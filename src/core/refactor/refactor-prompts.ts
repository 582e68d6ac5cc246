import { renderNumberedFiles } from '../context/numbered-files.ts';
import { asData } from '../context/task-context.ts';
import type { EditBase } from '../edits/place-edits.ts';
import type { TargetCode } from '../edits/read-target.ts';

/** What is asked for where the person names no goals. */
export const DEFAULT_GOALS =
  'Better readability: simpler code, clearer names, less repetition. No change of behaviour.';

/** Longer code is planned for by its outline. Characters, about 50,000 tokens. */
const MAX_WHOLE_CHARACTERS = 200_000;

const ALLOWED = /^Lines that may change: (\d+)-(\d+)\.$/m;

/** The prompt of the planner. */
export function planPrompt(code: TargetCode, goals: string | null): string {
  const { first, last } = linesOf(code);
  return [
    'Plan a refactoring of the code below.',
    goalsSection(goals),
    `# What to answer

JSON only: {"summary", "steps": [{"title", "why", "line"}], "risks": []}. At most 8 steps, the most useful first. No steps where nothing is worth a change.`,
    allowedLine(first, last),
    codeSection(code.text.length <= MAX_WHOLE_CHARACTERS ? wholeFile(code) : outline(code)),
  ].join('\n\n');
}

/** The prompt of an editor; the plan goes before it. */
export function editPrompt(code: TargetCode, base: EditBase, goals: string | null): string {
  const { languageId, text, firstLine, allowed } = base;
  const all = code.text.split('\n').length;
  const note = text.length < code.text.length ? ` of 1-${all} (other editors have the other lines)` : '';
  return [
    'Edit the code below as the plan says, as far as the plan is about these lines.',
    goalsSection(goals),
    `# What to answer

JSON only: {"edits": [{"search", "replace", "line", "why"}]}.
- search: the complete lines to change, verbatim, without the numbers and "|" before them; as few as stand in the code only once.
- replace: what stands there instead, complete and indented as the code is; "" removes the lines.
- line: the number before the first quoted line. why: what becomes better, in one sentence.
No edits where nothing in these lines is worth a change.`,
    allowedLine(allowed.first, allowed.last),
    codeSection(renderNumberedFiles([{ path: code.path, languageId, text, startLine: firstLine, note }])),
  ].join('\n\n');
}

/** The prompt of the checker; the edits go before it. */
export function checkPrompt(code: TargetCode, goals: string | null): string {
  const whole = code.text.length <= MAX_WHOLE_CHARACTERS;
  return [
    'Check the edits above, each on its own.',
    goalsSection(goals),
    `# What to answer

JSON only: {"verdicts": [{"edit", "verdict": "accepted" | "refuted" | "uncertain", "remark"}], "summary"}. One verdict for each edit, by its number.
For each ask: does it keep the behaviour? does it serve the goals? does it compile?`,
    ...(whole ? [codeSection(wholeFile(code))] : []),
  ].join('\n\n');
}

/** The lines that a prompt says may change; null: it says none. */
export function parseAllowedLines(prompt: string): { readonly first: number; readonly last: number } | null {
  const match = ALLOWED.exec(prompt);
  return match ? { first: Number(match[1]), last: Number(match[2]) } : null;
}

function goalsSection(goals: string | null): string {
  return `# Goals\n\n${asData(goals ?? DEFAULT_GOALS)}`;
}

function allowedLine(first: number, last: number): string {
  return `Lines that may change: ${first}-${last}.`;
}

function codeSection(code: string): string {
  return `# Code\n\n${code}`;
}

function wholeFile({ path, languageId, text }: TargetCode): string {
  return renderNumberedFiles([{ path, languageId, text, startLine: 1 }]);
}

/** The lines that are not indented, with their numbers: enough to see what there is. */
function outline({ path, languageId, text }: TargetCode): string {
  const lines = text.split('\n').flatMap((line, index) => (/^[\w@/]/.test(line) ? [`${index + 1}| ${line}`] : []));
  let size = 0;
  const shown = lines.filter((line) => {
    size += line.length;
    return size <= MAX_WHOLE_CHARACTERS;
  });
  const name = `${JSON.stringify(path)} (${languageId})`;
  return `${name} is too long to be shown whole; these are its lines that are not indented.\n\n${asData(shown.join('\n'))}`;
}

function linesOf(code: TargetCode): { readonly first: number; readonly last: number } {
  return code.lines ?? { first: 1, last: code.text.split('\n').length };
}
