import * as z from 'zod';
import type { JsonObject } from '../json.ts';
import { parseJsonAnswer } from './json-answer.ts';

/** Limits that an agent's input and answers must keep (S2). */
export interface Guardrails {
  /** An input is nobody's to repair here: its rules refuse it, or warn. */
  readonly input?: TextRules<'refuse' | 'warn'>;
  readonly output?: TextRules;
}

/**
 * What a configuration demands beside the agents' own guardrails, by the name of the agent; `*` is for all. Of each list everything has
 * to hold: whoever adds to it can only make it stricter.
 */
export type ConfiguredGuardrails = Readonly<Record<string, readonly Guardrails[]>>;

/**
 * What a broken rule leads to. `refuse`: the task fails; `repair`: the agent gets one turn to mend its answer, then the attempt has
 * failed; `warn`: the text counts, and a notice says what is wrong with it.
 */
export type GuardAction = 'refuse' | 'repair' | 'warn';

/** Names of the rules, as actions are given to them. */
export type GuardRule = 'length' | 'pattern' | 'forbiddenPaths' | 'schema' | 'prompt';

/**
 * Rules for one text. Patterns are regular expressions of JavaScript with the `u` flag; no rule is checked by default. Plain JSON, since
 * it is journaled with the agent.
 */
export interface TextRules<Action extends GuardAction = GuardAction> {
  /** UTF-16 units. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Each has to be found. */
  readonly mustMatch?: readonly string[];
  /** None may be found. */
  readonly mustNotMatch?: readonly string[];
  /** Paths, or folders ending in `/`, that may not be named. */
  readonly forbiddenPaths?: readonly string[];
  /** JSON Schema that the JSON in the text has to satisfy. */
  readonly schema?: JsonObject;
  /** What has to be true of the text, in words: a cheap model judges it, once all other rules hold. */
  readonly prompt?: string;
  /** Default: `repair` for answers, `refuse` for input. */
  readonly actions?: Readonly<Partial<Record<GuardRule, Action>>>;
}

/** A rule that a text breaks. */
export interface BrokenRule {
  readonly rule: GuardRule;
  /** A sentence for whoever wrote the text, without any of it. */
  readonly says: string;
}

/** Problems with a schema that are named; more would only distract. */
const MAX_ISSUES = 5;

/** The rules that a text breaks, but for that of the prompt, which takes a model; a pattern or schema that is none breaks its rule. */
export function brokenRules(text: string, rules: TextRules): readonly BrokenRule[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rules;
  const { length } = text;
  const of = (rule: GuardRule, sentences: readonly string[]) => sentences.map((says) => ({ rule, says }));
  return [
    ...of('length', length < minLength ? [`It has ${length} characters; at least ${minLength} are needed.`] : []),
    ...of('length', length > maxLength ? [`It has ${length} characters; at most ${maxLength} are allowed.`] : []),
    ...of(
      'pattern',
      (rules.mustMatch ?? []).filter((one) => !found(one, text, false)).map((one) => `It has to match /${one}/.`),
    ),
    ...of(
      'pattern',
      (rules.mustNotMatch ?? []).filter((one) => found(one, text, true)).map((one) => `It may not match /${one}/.`),
    ),
    ...of(
      'forbiddenPaths',
      (rules.forbiddenPaths ?? []).filter((path) => names(path, text)).map((path) => `It may not name ${path}.`),
    ),
    ...of('schema', rules.schema ? problemsWithSchema(text, rules.schema) : []),
  ];
}

/** Who has guardrails: its own, and those that a configuration adds. */
export interface Guardable {
  readonly guardrails?: Guardrails;
  readonly addedGuardrails?: readonly Guardrails[];
}

/** The rules for a text of an agent, its own first: all of them have to hold, each with its own actions. */
export function rulesOf({ guardrails, addedGuardrails = [] }: Guardable, side: keyof Guardrails): readonly TextRules[] {
  return [guardrails, ...addedGuardrails].flatMap((one) => one?.[side] ?? []);
}

/** What a broken rule leads to here. */
export function actionOf(rule: GuardRule, rules: TextRules, otherwise: GuardAction): GuardAction {
  return rules.actions?.[rule] ?? otherwise;
}

function problemsWithSchema(text: string, schema: JsonObject): readonly string[] {
  const json = parseJsonAnswer(text);
  if (!json.found) return ['It has to hold a complete JSON value.'];
  try {
    const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(json.value);
    const issues = parsed.success ? [] : parsed.error.issues.slice(0, MAX_ISSUES);
    return issues.map(({ path, message }) => `Its JSON is wrong at ${path.join('.') || 'the top'}: ${message}.`);
  } catch {
    return ['The JSON Schema of its rule is none that can be checked.'];
  }
}

function found(pattern: string, text: string, otherwise: boolean): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return otherwise;
  }
}

/** The path as a whole: `src/a` is not named by `src/ab`, nor by `lib/src/a`; a folder is by everything below it. */
function names(path: string, text: string): boolean {
  const wanted = path.toLowerCase();
  const folded = text.toLowerCase().replaceAll('\\', '/');
  for (let at = folded.indexOf(wanted); wanted !== '' && at !== -1; at = folded.indexOf(wanted, at + 1)) {
    const before = folded.slice(Math.max(0, at - 2), at);
    const startsHere = !/[\w./-]$/.test(before) || /(?:^|[^\w.])\.\/$/.test(before);
    const endsHere =
      wanted.endsWith('/') || !/^[\w-]|^\.\w|^\//.test(folded.slice(at + wanted.length, at + wanted.length + 2));
    if (startsHere && endsHere) return true;
  }
  return false;
}
