import type { ExportedSymbol } from '../../../../core/source/symbol.ts';
import type { PromptFacts } from '../../../../core/test-generation/test-prompts.ts';
import { runTimeSymbols } from './run-time-symbols.ts';

/** The name that the loaded module has in the test. */
const SUBJECT = 'subject';

/** A skeleton for node:test, mocha, vitest or jest. */
export function scriptSkeleton(facts: PromptFacts): string {
  const { quote, semicolons, indent, grouped } = facts.style;
  const end = semicolons ? ';' : '';
  const text = (value: string) => quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
  const tests = casesOf(facts, text);
  const word = grouped ? 'it' : 'test';
  const blocks = tests.map(({ title, assertion }) =>
    [`${word}(${text(title)}, () => {`, `${indent}${assertion}${end}`, `})${end}`].join('\n'),
  );
  const body = grouped
    ? [`describe(${text(facts.importFrom)}, () => {`, indented(blocks.join('\n\n'), indent), `})${end}`].join('\n')
    : blocks.join('\n\n');
  return `${[imports(facts, text, end).join('\n'), body].join('\n\n')}\n`;
}

interface Case {
  readonly title: string;
  readonly assertion: string;
}

function casesOf(facts: PromptFacts, text: (value: string) => string): Case[] {
  const cases = runTimeSymbols(facts).map((symbol) => caseOf(symbol, facts, text));
  if (cases.length > 0) return cases;
  const loaded = expects(facts) ? `expect(${SUBJECT}).toBeDefined()` : `assert.notEqual(${SUBJECT}, undefined)`;
  return [{ title: 'loads', assertion: loaded }];
}

function caseOf({ name, kind }: ExportedSymbol, facts: PromptFacts, text: (value: string) => string): Case {
  const whole = name === 'default' && facts.codeModule === 'commonjs';
  const what = whole ? SUBJECT : `${SUBJECT}.${name}`;
  const shown = name === 'default' ? 'a default' : name;
  if (kind === 'value') {
    const isThere = whole ? `${SUBJECT} !== undefined` : `${text(name)} in ${SUBJECT}`;
    const assertion = expects(facts) ? `expect(${isThere}).toBe(true)` : `assert.ok(${isThere})`;
    return { title: `exports ${shown}`, assertion };
  }
  const assertion = expects(facts)
    ? `expect(typeof ${what}).toBe(${text('function')})`
    : `assert.equal(typeof ${what}, ${text('function')})`;
  return { title: `exports ${shown}${name === 'default' ? ` ${kind}` : ` as a ${kind}`}`, assertion };
}

/** Vitest and Jest bring their own assertions. */
function expects({ framework }: PromptFacts): boolean {
  return framework === 'vitest' || framework === 'jest';
}

function imports(facts: PromptFacts, text: (value: string) => string, end: string): string[] {
  const { framework, style, importFrom, codeModule } = facts;
  const words = style.grouped ? ['describe', 'it'] : ['test'];
  const load = (names: string, from: string) =>
    style.module === 'esm'
      ? `import ${names} from ${text(from)}${end}`
      : `const ${names} = require(${text(from)})${end}`;
  const named = (names: readonly string[]) => `{ ${names.join(', ')} }`;
  const all = style.module === 'esm' && codeModule === 'esm' ? `* as ${SUBJECT}` : SUBJECT;
  const subject = load(all, importFrom);
  switch (framework) {
    case 'vitest':
      return [load(named([...words, 'expect'].toSorted()), 'vitest'), subject];
    case 'jest':
      // Jest sets its words globally; a project without its types knows them all the same.
      return [subject];
    case 'node:test':
      return [load('assert', 'node:assert/strict'), load(named(words), 'node:test'), subject];
    default:
      return [load('assert', 'node:assert/strict'), ...mochaWords(facts), subject];
  }
}

/** Mocha sets `describe` and `it` globally, but no `test`. */
function mochaWords({ style }: PromptFacts): string[] {
  if (style.grouped) return [];
  return [`const test = it${style.semicolons ? ';' : ''}`];
}

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent);
}
