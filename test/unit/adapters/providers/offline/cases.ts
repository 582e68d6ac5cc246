import { PYTHON_RULES, SCRIPT_RULES } from '../../../../../src/adapters/providers/offline/rules/catalogue.ts';
import { PythonCode } from '../../../../../src/core/source/python-code.ts';
import { ScriptCode } from '../../../../../src/core/source/script-code.ts';

/** Code that a rule must find, with the lines, and code that looks alike and is fine. */
export interface RuleCases {
  readonly wrong: readonly { readonly code: string; readonly lines: readonly number[]; readonly path?: string }[];
  readonly right: readonly (string | { readonly code: string; readonly path: string })[];
}

/** Lines at which a rule finds something. */
export function linesOf(id: string, code: string, path: string): number[] {
  const language = id.startsWith('python') ? 'python' : 'typescript';
  const file = { path, languageId: language, text: code, startLine: 1 };
  const script = SCRIPT_RULES.find((rule) => rule.id === id);
  if (script) {
    const source = new ScriptCode(file);
    return [...script.find(source)].map(({ start }) => source.lineAt(start));
  }
  const python = PYTHON_RULES.find((rule) => rule.id === id);
  if (!python) throw new Error(`There is no rule ${id}.`);
  const source = new PythonCode(file);
  return [...python.find(source)].map(({ start }) => source.lineAt(start));
}
