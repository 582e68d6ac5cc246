import type { Range } from '../../../../core/source/masked-text.ts';
import type { LoopInfo, ScriptCode } from '../../../../core/source/script-code.ts';
import { callsOf, contentOf, matchesOf, type ScriptRule } from './rule.ts';
import { isInRequestHandler } from './script-input.ts';
import { SQL } from './sql-text.ts';

const SYNC_CALL =
  /(?<![\w$])(?:fs\.)?(?:readFile|writeFile|appendFile|readdir|stat|lstat|exists|copyFile|mkdir|unlink|rm)Sync\s*\(|(?<![\w$])(?:child_process\.)?(?:execSync|execFileSync|spawnSync)\s*\(|(?<![\w$])(?:crypto\.)?(?:pbkdf2Sync|scryptSync)\s*\(|\bbcrypt\w*\.(?:hashSync|compareSync)\s*\(/g;

/** Calls that ask a database. */
const QUERY_CALL =
  /\b(?:db|database|pool|client|connection|conn|knex|sequelize|prisma(?:\.\w+)?|repository|repo|\w+(?:Repository|Model|Collection))\.(?:query|execute|findOne|findById|findUnique|findFirst|findMany|find|findByPk|findAll|get|all|first|aggregate)\s*\(|\b[A-Z]\w+\.(?:findOne|findById|findByPk|findUnique)\s*\(/g;

export const SCRIPT_PERFORMANCE_RULES: readonly ScriptRule[] = [
  {
    id: 'script-sync-in-handler',
    lens: 'performance',
    severity: 'medium',
    title: 'A request handler blocks all other requests',
    explanation:
      'While this call runs the process answers nobody else; under load every request waits for all before it.',
    suggestion: 'Use the asynchronous form and await it.',
    confidence: 0.85,
    *find(code) {
      for (const call of callsOf(code, SYNC_CALL)) {
        if (isInRequestHandler(code, call.start)) yield { start: call.start, end: call.end };
      }
    },
  },
  {
    id: 'script-query-in-loop',
    lens: 'performance',
    severity: 'medium',
    title: 'The database is asked once for each element',
    explanation: 'A list of a thousand elements means a thousand round trips (N+1 queries).',
    suggestion: 'Fetch all rows with one query (WHERE id IN ..., a join), then look them up in a map.',
    confidence: 0.75,
    *find(code) {
      for (const call of callsOf(code, QUERY_CALL)) {
        const loop = eachAround(code, call.start);
        if (loop && mentions(code, loop.variables, call) && looksLikeQuery(code, call))
          yield { start: call.start, end: call.end };
      }
    },
  },
  {
    id: 'script-await-in-loop',
    lens: 'performance',
    severity: 'low',
    title: 'Elements are waited for one after another',
    explanation:
      'The rounds do not depend on each other, so together they take the sum of all waiting times instead of the longest.',
    suggestion: 'Start all and await Promise.all; bound how many run at once where the list can be long.',
    confidence: 0.6,
    *find(code) {
      if (code.isTest) return;
      const queries = [...matchesOf(code, QUERY_CALL)];
      for (const loop of code.loops) {
        const waiting = independentAwait(code, loop);
        // Queries are reported as such.
        if (waiting && !queries.some(({ start }) => start >= waiting.start && start <= waiting.end)) yield waiting;
      }
    },
  },
  {
    id: 'script-spread-in-reduce',
    lens: 'performance',
    severity: 'low',
    title: 'reduce copies everything in each round',
    explanation:
      'Spreading the accumulator copies all earlier elements every time: the work grows with the square of the length.',
    suggestion: 'Fill one object or array in a loop, or use Object.fromEntries over map.',
    confidence: 0.75,
    *find(code) {
      for (const call of callsOf(code, /\.reduce\s*(?:<[^()]*>)?\s*\(/g)) {
        const accumulator = /^\s*(?:async\s*)?\(\s*([\w$]+)\s*[,:]/.exec(
          code.code.slice(call.open + 1, call.open + 80),
        )?.[1];
        if (accumulator === undefined) continue;
        const spread = new RegExp(`[{[]\\s*\\.\\.\\.${accumulator.replaceAll('$', '\\$')}\\b`).exec(
          code.code.slice(call.open, call.end),
        );
        if (spread) yield { start: call.open + spread.index, end: call.open + spread.index + spread[0].length };
      }
    },
  },
  {
    id: 'script-json-clone',
    lens: 'performance',
    severity: 'info',
    title: 'An object is copied through JSON',
    explanation:
      'It is written and parsed as text only to be copied; dates become texts, and undefined, Map and Set are lost on the way.',
    suggestion: 'Use structuredClone.',
    confidence: 0.7,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\bJSON\.parse\s*\(\s*JSON\.stringify\s*\(/g)) {
        if (!code.isTest) yield { start, end };
      }
    },
  },
];

/** What goes round for each element of a list. */
interface Each {
  readonly variables: readonly string[];
}

/** The loop over a list, or the callback of forEach or map, around `offset`. */
function eachAround(code: ScriptCode, offset: number): Each | null {
  const loop = code.loopAt(offset);
  if (loop?.kind === 'for-of' || loop?.kind === 'for' || loop?.kind === 'for-in') {
    return {
      variables: namesIn(code.code.slice(loop.header.start, loop.header.end).split(/\bof\b|\bin\b|=/)[0] ?? ''),
    };
  }
  const around = code.functionAt(offset) ?? null;
  const callback = [
    around,
    ...code.functions.filter(
      ({ kind, body, params }) =>
        kind === 'arrow' && body === null && params.end < offset && code.statementEnd(params.end) > offset,
    ),
  ];
  for (const info of callback) {
    if (!info) continue;
    const before = code.code.slice(Math.max(0, info.start - 24), info.start);
    if (/\.(?:forEach|map|flatMap)\s*\(\s*(?:async\s*)?$/.test(before)) {
      return { variables: namesIn(code.code.slice(info.params.start, info.params.end)) };
    }
  }
  return null;
}

function namesIn(text: string): string[] {
  return (text.match(/[A-Za-z_$][\w$]*/g) ?? []).filter((name) => !['const', 'let', 'var', 'async'].includes(name));
}

function mentions(code: ScriptCode, names: readonly string[], range: Range): boolean {
  const used = code.code.slice(range.start, range.end).match(/(?<![.\w$])[A-Za-z_$][\w$]*/g) ?? [];
  return used.some((name) => names.includes(name));
}

/** `get`, `find`, `all` and `first` also belong to maps and arrays: those count with SQL or an await only. */
function looksLikeQuery(code: ScriptCode, call: Range): boolean {
  if (code.literalsIn(call).some((literal) => SQL.test(contentOf(code, literal)))) return true;
  return /\bawait\s*$/.test(code.code.slice(Math.max(0, call.start - 8), call.start));
}

/**
 * The only await of a for-of loop whose rounds are independent: it uses the element, calls no method of its own object, and the loop neither leaves early nor
 * carries anything from round to round.
 */
function independentAwait(code: ScriptCode, loop: LoopInfo): Range | null {
  if (loop.kind !== 'for-of') return null;
  const body = code.code.slice(loop.body.start, loop.body.end);
  const awaits = [...body.matchAll(/\bawait\b/g)];
  const [only] = awaits;
  if (!only || awaits.length > 1 || /\b(?:break|return|throw|continue|try|yield|for|while|if)\b/.test(body))
    return null;
  // What is assigned or counted outside carries over; so does anything that has to happen in order.
  if (/(?<![=!<>.\w\])]\s*)(?:^|[;{\n])\s*[\w$.[\]]+\s*(?:[+\-*/]?=(?!=)|\+\+|--)/.test(body)) return null;
  if (/sleep|delay|\bwait|order|sequen|hook|append|write|send|log|next|step|lock|transaction|migrat/i.test(body))
    return null;
  const start = loop.body.start + only.index;
  const variables = namesIn(code.code.slice(loop.header.start, loop.header.end).split(/\bof\b/)[0] ?? '');
  const statement = { start, end: code.statementEnd(start) };
  if (
    !/^await\s+(?!this\b)[\w$.#]+\s*\(/.test(code.code.slice(start, start + 80)) ||
    !mentions(code, variables, statement)
  )
    return null;
  return { start, end: statement.end };
}
