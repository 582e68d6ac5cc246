import { EnsembleError } from '../errors.ts';

/** What is wrong with a template, in words for the one who writes it. */
export interface TemplateProblem {
  readonly message: string;
  /** From 1 on; null where it is not known. */
  readonly line: number | null;
}

/** A template that Handlebars cannot read or fill in. */
export class TemplateError extends EnsembleError {
  readonly problem: TemplateProblem;

  constructor(problem: TemplateProblem, cause: unknown) {
    const where = problem.line === null ? '' : `Line ${problem.line}: `;
    super('invalid-input', `The template cannot be used. ${where}${problem.message}`, {
      hint: 'Check the {{...}} in it: blocks have to be closed, and only if, unless, each, with and lookup exist.',
      cause,
    });
    this.problem = problem;
  }
}

/** A tag that opens or closes a block, with its name; comments and raw texts are no tags. */
const BLOCK_TAG = /\{\{!--.*?--~?\}\}|\{\{!.*?\}\}|\{\{~?([#^/])\s*([^\s}~]+)[^}]*\}\}/gs;

/** Makes a problem of what Handlebars said about a template: it names its parser's tokens, and the last line of a block that is not closed. */
export function templateProblem(template: string, said: string): TemplateProblem {
  const line = Number(/on line (\d+)/.exec(said)?.[1] ?? / - (\d+):\d+$/.exec(said)?.[1] ?? Number.NaN);
  const at = Number.isNaN(line) ? null : line;
  const [, opened, closed] = /^(\S+) doesn't match (\S+) - /.exec(said) ?? [];
  if (opened !== undefined) return { message: `{{#${opened}}} is closed by {{/${closed}}}.`, line: at };
  const token = /got '(\w+)'/.exec(said)?.[1];
  const unclosed = token === 'EOF' ? lastUnclosed(template) : null;
  if (unclosed) {
    const { name, ...where } = unclosed;
    return { message: `{{#${name}}} is not closed. Write {{/${name}}} where it ends.`, ...where };
  }
  if (token === 'OPEN_ENDBLOCK') return { message: 'A {{/...}} closes what was not opened.', line: at };
  if (token === 'INVERSE') return { message: '{{else}} stands outside of a block.', line: at };
  const helper = /unknown helper (\S+)/.exec(said)?.[1];
  if (helper !== undefined) return { message: `It uses the unknown helper ${helper}.`, line: at };
  if (/^(Parse|Lexical) error/.test(said))
    return { message: 'What stands between {{ and }} is not understood, or }} is missing.', line: at };
  return { message: said.split('\n', 1)[0]?.replace(/ - \d+:\d+$/, '') ?? said, line: at };
}

/** The innermost block that is open at the end. */
function lastUnclosed(template: string): { readonly name: string; readonly line: number } | null {
  const open: { readonly name: string; readonly line: number }[] = [];
  for (const match of template.matchAll(BLOCK_TAG)) {
    const [, sign, name] = match;
    if (sign === undefined || name === undefined) continue;
    if (sign === '/') open.pop();
    else open.push({ name, line: template.slice(0, match.index).split('\n').length });
  }
  return open.at(-1) ?? null;
}
