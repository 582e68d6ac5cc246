import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { SourceCode } from '../../../../core/source/source-code.ts';
import type { Match, ScriptRule } from './rule.ts';
import { exportedFunctions } from './script-tests.ts';

/** Shorter functions explain themselves. Lines. */
const LONG_FUNCTION = 8;

/** Notes about work that was left undone, in comments. One that names an issue is where it belongs. */
export function* leftUndone(code: SourceCode): Generator<Match> {
  for (const comment of code.comments) {
    for (const match of code
      .textOf(comment)
      .matchAll(/(?:^|[\s*#/(])(TODO|FIXME|XXX|HACK)\b(?![\w'"`])(?!.*(?:#\d|https?:))[ \t]*[:(]?/g)) {
      const start = comment.start + match.index;
      yield {
        start: start + match[0].search(/[TFXH]/),
        end: start + match[0].length,
        title: `${match[1]}: work was left undone here`,
      };
    }
  }
}

export const SCRIPT_DOCUMENTATION_RULES: readonly ScriptRule[] = [
  {
    id: 'script-todo',
    lens: 'documentation',
    severity: 'info',
    title: 'Work was left undone here',
    explanation: 'A note in the code is seen only by who happens to read it.',
    suggestion: 'Do it, or open an issue and name it here.',
    confidence: 0.9,
    find: leftUndone,
  },
  {
    id: 'script-undocumented',
    lens: 'documentation',
    severity: 'info',
    title: 'Exported functions have no comment',
    explanation:
      'Who calls it from another file has to read its code to learn about parameters, errors and special values.',
    suggestion: 'Say in a comment before it what it does, what it expects and how it fails.',
    confidence: 0.6,
    *find(code) {
      if (code.isTest || code.path.endsWith('.d.ts')) return;
      const bare = exportedFunctions(code).filter(
        ({ start, body }) => isLong(code, body) && !hasCommentBefore(code, start),
      );
      const [first] = bare;
      if (!first) return;
      const names = bare.map(({ name }) => name);
      yield {
        start: first.start,
        end: first.end,
        title:
          names.length === 1
            ? `The exported function ${first.name} has no comment`
            : `${names.length} exported functions have no comment: ${names.join(', ')}`,
      };
    },
  },
  {
    id: 'script-wrong-param',
    lens: 'documentation',
    severity: 'low',
    title: 'The comment describes a parameter that does not exist',
    explanation:
      'The comment and the function no longer fit each other, so readers cannot trust the rest of it either.',
    suggestion: 'Bring the comment up to date.',
    confidence: 0.85,
    *find(code) {
      for (const comment of code.comments) {
        const text = code.textOf(comment);
        if (!text.startsWith('/**')) continue;
        const names = paramsAfter(code, comment);
        if (!names) continue;
        for (const match of text.matchAll(/@param\s+(?:\{[^}]*\}\s+)?\[?([A-Za-z_$][\w$]*)(?![\w$.])/g)) {
          const name = match[1] ?? '';
          if (names.includes(name)) continue;
          const start = comment.start + match.index;
          yield {
            start,
            end: start + match[0].length,
            title: `The comment describes a parameter ${name} that does not exist`,
          };
        }
      }
    },
  },
];

function isLong(code: ScriptCode, body: Range): boolean {
  return code.lineAt(body.end - 1) - code.lineAt(body.start) + 1 >= LONG_FUNCTION;
}

function hasCommentBefore(code: SourceCode, start: number): boolean {
  const before = code.skipSpaceBack(start);
  return code.comments.some((comment) => comment.start > before && comment.end <= start);
}

/** Simple parameters of the function that a comment stands before; null where there is none, or one is taken apart. */
function paramsAfter(code: ScriptCode, comment: Range): string[] | null {
  const next = code.skipSpace(comment.end);
  const head =
    /^(?:export\s+)?(?:default\s+)?(?:(?:public|private|protected|static|async|override)\s+)*(?:function\s*\*?\s*)?[\w$#]+\s*\(/.exec(
      code.code.slice(next, next + 200),
    );
  if (!head) return null;
  const info = code.functions.find(({ params }) => params.start === next + head[0].length);
  if (!info) return null;
  const params = code.partsOf(info.params.start - 1).map((part) => code.textOf(part));
  if (
    params.some((param) => /^[{[]/.test(param)) ||
    /\barguments\b/.test(code.code.slice(info.body?.start ?? 0, info.body?.end ?? 0))
  )
    return null;
  return params.flatMap(
    (param) => /^(?:\.\.\.)?(?:(?:public|private|protected|readonly)\s+)*([\w$]+)/.exec(param)?.[1] ?? [],
  );
}
