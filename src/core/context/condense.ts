import { type Fact, factsIn } from './facts.ts';
import { pruneText } from './prune.ts';
import { type Statement, statementsOf } from './statements.ts';
import type { CountTokens } from './token-estimate.ts';

/** Share of the room that is kept for facts whose statements do not fit. */
const LIST_SHARE = 0.2;
/** Tokens of the line that stands for what is left out. */
const GAP_TOKENS = 3;
const GAP = '[...]';
const LIST_HEADING = 'Also named there:';

/**
 * A shorter text of whole sentences and lines of this one, in their order: those first that hold what cannot be guessed (markers,
 * ids, paths, numbers, quoted code), then headings, beginning and end. Facts whose sentence does not fit are listed at the
 * end as far as there is room, so that none is lost because it stands in the middle. A text without sentences and lines is cut in
 * its middle. Deterministic; no model takes part.
 */
export function condense(text: string, maxTokens: number, count: CountTokens): string {
  if (count(text) <= maxTokens) return text;
  const short = withMissingFacts(text, '', maxTokens, count);
  return short === '' ? pruneText(text, maxTokens, count) : short;
}

/**
 * The sentences and lines of `text` with the facts that `summary` does not mention, and a list of those that do not fit; at most
 * `maxTokens`, empty where nothing is missing. What a model leaves out of a summary is added with it.
 */
export function supplement(text: string, summary: string, maxTokens: number, count: CountTokens): string {
  return withMissingFacts(text, summary, maxTokens, count);
}

function withMissingFacts(text: string, known: string, maxTokens: number, count: CountTokens): string {
  const statements = statementsOf(text);
  const room = maxTokens - Math.floor(maxTokens * LIST_SHARE);
  const kept = new Set<Statement>();
  let used = 0;
  for (const { statement, tokens } of rank(statements, known, count)) {
    if (used + tokens > room) continue;
    kept.add(statement);
    used += tokens;
  }
  const short = join(statements, kept);
  const list = listMissing(text, `${known}\n${short}`, maxTokens - count(short) - GAP_TOKENS, count);
  if (short === '') return known === '' ? '' : list;
  const whole = list === '' ? short : `${short}\n\n${list}`;
  return count(whole) <= maxTokens ? whole : pruneText(short, maxTokens, count);
}

/**
 * The facts of `text` that `summary` does not mention, as a line of at most `maxTokens`; empty where there are none. The
 * weightiest come first, and what does not fit is counted.
 */
function listMissing(text: string, summary: string, maxTokens: number, count: CountTokens): string {
  const missing = factsIn(text).filter((fact) => !summary.includes(fact.text));
  missing.sort((a, b) => b.weight - a.weight);
  const listed: string[] = [];
  // Room for the heading and for how many are left out.
  let left = maxTokens - 12;
  for (const fact of missing) {
    const tokens = count(fact.text) + 1;
    if (tokens > left) continue;
    listed.push(fact.text);
    left -= tokens;
  }
  if (listed.length === 0) return '';
  const more = missing.length - listed.length;
  return `${LIST_HEADING} ${listed.join(', ')}${more > 0 ? ` (and ${more} more)` : ''}`;
}

interface Ranked {
  readonly statement: Statement;
  readonly tokens: number;
  readonly worth: number;
}

/**
 * The statements by what they are worth per token. A fact counts where it is mentioned first, and not when it is known. With
 * something known, statements without a new fact are left out.
 */
function rank(statements: readonly Statement[], known: string, count: CountTokens): Ranked[] {
  const seen = new Set<string>();
  const isNew = ({ text }: Fact): boolean => {
    if (seen.has(text)) return false;
    seen.add(text);
    return !known.includes(text);
  };
  const ranked = statements.flatMap((statement, index): Ranked[] => {
    const facts = factsIn(statement.text).filter(isNew);
    if (known !== '' && facts.length === 0) return [];
    const tokens = count(statement.text) + GAP_TOKENS;
    const ofPlace = index === 0 || index === statements.length - 1 ? 2 : 0;
    const ofFacts = facts.reduce((sum, { weight }) => sum + weight, 0);
    const worth = ofFacts + ofPlace + (statement.kind === 'heading' ? 1 : 0);
    return [{ statement, tokens, worth: (worth + 0.1) / (tokens + 8) }];
  });
  return ranked.sort((a, b) => b.worth - a.worth);
}

/** The kept statements as a text, with a mark where something is left out between them. */
function join(statements: readonly Statement[], kept: ReadonlySet<Statement>): string {
  let text = '';
  let gap = false;
  for (const statement of statements) {
    if (!kept.has(statement)) {
      gap = true;
      continue;
    }
    if (gap) text += text === '' ? `${GAP}\n` : `\n${GAP}\n`;
    else if (text !== '') text += statement.startsLine ? '\n' : ' ';
    text += statement.text;
    gap = false;
  }
  return gap && text !== '' ? `${text}\n${GAP}` : text;
}
