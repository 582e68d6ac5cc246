import type { PromptFile } from '../../../core/context/numbered-files.ts';
import type { ReportedFinding } from '../../../core/review/findings-schema.ts';
import { rankOf } from '../../../core/review/group-findings.ts';
import { ruleLanguage } from '../../../core/review/languages.ts';
import type { LensName } from '../../../core/review/lenses.ts';
import type { ReviewPrompt } from '../../../core/review/prompt-format.ts';
import { PythonCode } from '../../../core/source/python-code.ts';
import { ScriptCode } from '../../../core/source/script-code.ts';
import type { SourceCode } from '../../../core/source/source-code.ts';
import { PYTHON_RULES, SCRIPT_RULES } from './rules/catalogue.ts';
import type { Match, Rule } from './rules/rule.ts';
import { UNTESTED_EXPORTS, untestedExports } from './rules/script-tests.ts';

/** A longer quote shows no more of the problem. Lines. */
const MAX_QUOTE_LINES = 10;
/** Comments by which people have told another tool, and us, that a place is as it should be. */
const DELIBERATE = /eslint-disable|CodeQL\s*\[|biome-ignore|tslint:disable|noqa|nosec|NOSONAR|pylint:\s*disable/;

/** What the rules of one lens find in the files of a prompt, the worst first. Files in other languages have no rules. */
export function reviewWithRules({ lens, files }: ReviewPrompt): ReportedFinding[] {
  const codes = files.flatMap((file) => codeOf(file) ?? []);
  const scripts = codes.filter((code) => code instanceof ScriptCode);
  const tests = scripts.filter(({ isTest }) => isTest);
  const found = codes.flatMap((code) => [
    ...(code instanceof ScriptCode ? applyRules(code, SCRIPT_RULES, lens) : []),
    ...(code instanceof PythonCode ? applyRules(code, PYTHON_RULES, lens) : []),
    ...(code instanceof ScriptCode && lens === 'tests'
      ? untestedExports(code, tests).map((match) => findingOf(code, UNTESTED_EXPORTS, match))
      : []),
  ]);
  return found.sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
}

function codeOf(file: PromptFile): ScriptCode | PythonCode | null {
  const language = ruleLanguage(file.languageId);
  if (language === null) return null;
  return language === 'script' ? new ScriptCode(file) : new PythonCode(file);
}

function applyRules<Code extends SourceCode>(
  code: Code,
  rules: readonly Rule<Code>[],
  lens: LensName,
): ReportedFinding[] {
  // What a test does to itself is no way in for an attacker.
  if (lens === 'security' && code.isTest) return [];
  return rules
    .filter((rule) => rule.lens === lens)
    .flatMap((rule) => {
      const matches = [...rule.find(code)].filter((match) => !isDeliberate(code, match));
      const [first] = matches;
      if (!rule.oncePerFile || !first || matches.length === 1)
        return matches.map((match) => findingOf(code, rule, match));
      return [findingOf(code, rule, { ...first, title: `${rule.title} (${matches.length} places in this file)` })];
    });
}

function isDeliberate(code: SourceCode, match: Match): boolean {
  return DELIBERATE.test(code.textOf(code.linesOf(match))) || DELIBERATE.test(code.textOfLineBefore(match.start));
}

function findingOf(code: SourceCode, rule: Omit<Rule<never>, 'find'>, match: Match): ReportedFinding {
  const whole = code.linesOf(match);
  const tooLong = code.lineAt(whole.end) - code.lineAt(whole.start) >= MAX_QUOTE_LINES;
  const lines = tooLong ? code.linesOf({ start: match.start, end: match.start + 1 }) : whole;
  const { newText } = match;
  const replacement =
    newText === undefined
      ? null
      : code.text.slice(lines.start, match.start) + newText + code.text.slice(match.end, lines.end);
  return {
    file: code.path,
    quote: code.textOf(lines),
    line: code.lineAt(match.start),
    severity: match.severity ?? rule.severity,
    category: rule.lens,
    title: match.title ?? rule.title,
    explanation: match.explanation ?? rule.explanation,
    suggestion: rule.suggestion,
    replacement: replacement?.trim() === '' ? null : replacement,
    confidence: rule.confidence,
  };
}
