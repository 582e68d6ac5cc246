import type { Literal } from '../../../../core/source/masked-text.ts';
import type { SourceCode } from '../../../../core/source/source-code.ts';
import { callsOf, contentOf, type Match, matchesOf, type ScriptRule } from './rule.ts';

/** What redaction leaves of a secret (core/policy/redaction.ts), alone or as part of an address. */
const MARKER = /\[redacted (key|token|password|secret|private key|[a-z ]+)\]/;

/** Names of what an attacker must not guess. */
const UNGUESSABLE =
  /token|secret|passw|session|nonce|salt|otp\b|csrf|api_?key|resetcode|verification_?code|invite_?code/i;
const NOT_FOR_SECURITY =
  /etag|cache|checksum|fingerprint|\bgit|dedup|integrity|content_?hash|gravatar|key_?of|bucket|shard/i;

/** Literals that were a secret before they were redacted. */
export function* hardCodedSecrets(code: SourceCode): Generator<Match> {
  for (const literal of code.literals) {
    const kind = MARKER.exec(contentOf(code, literal))?.[1];
    if (kind !== undefined && isOnlySecret(code, literal))
      yield { start: literal.start, end: literal.end, title: `A ${kind} stands in the code` };
  }
}

/** Prose about markers has white space around them. */
function isOnlySecret(code: SourceCode, literal: Literal): boolean {
  return literal.kind !== 'regex' && !/\s/.test(contentOf(code, literal).replace(new RegExp(MARKER, 'g'), ''));
}

export const SCRIPT_SECRET_RULES: readonly ScriptRule[] = [
  {
    id: 'script-secret',
    lens: 'security',
    severity: 'high',
    title: 'A secret stands in the code',
    explanation:
      'Everyone who can read the repository or a build of it has this secret, also after it is removed here: it stays in the history.',
    suggestion: 'Revoke it, and read the new one from the environment or a secret store.',
    confidence: 0.85,
    find: hardCodedSecrets,
  },
  {
    id: 'script-random',
    lens: 'security',
    severity: 'high',
    title: 'A secret value is made with Math.random',
    explanation: 'Its numbers can be computed from a few earlier ones, so the value can be guessed.',
    suggestion: 'Use crypto.randomBytes, crypto.randomUUID or crypto.getRandomValues.',
    confidence: 0.85,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\bMath\.random\s*\(\s*\)/g)) {
        const line = code.code.slice(Math.max(code.linesOf({ start, end }).start, start - 200), start);
        const target = /([\w$]+)\s*(?::[^=]*)?[=:][^=]*$/.exec(line)?.[1] ?? '';
        const inReturn = /\breturn\b/.test(line) || target !== '';
        const name = code.functionAt(start)?.name ?? '';
        if (UNGUESSABLE.test(target) || (inReturn && UNGUESSABLE.test(name))) yield { start, end };
      }
    },
  },
  {
    id: 'script-weak-hash',
    lens: 'security',
    severity: 'low',
    title: 'MD5 or SHA-1 is used',
    explanation:
      'Two inputs with the same hash can be made for both, so nothing that an attacker can choose is safe behind it.',
    suggestion: 'Use sha256 or better; for passwords scrypt, bcrypt or argon2.',
    confidence: 0.7,
    *find(code) {
      for (const call of callsOf(code, /\b(?:createHash|createHmac)\s*\(/g)) {
        const [algorithm] = call.args;
        const literal = algorithm ? code.literalAt(algorithm.start) : null;
        if (!literal || !/^(?:md5|sha-?1)$/i.test(contentOf(code, literal))) continue;
        const context = `${code.functionAt(call.start)?.name ?? ''} ${code.textOf(code.linesOf({ start: call.start, end: code.statementEnd(call.start) }))}`;
        if (/passw|credential|\bpin\b/i.test(context)) yield passwordHash(call);
        else if (/token|secret|signature|sign\(|session|auth/i.test(context))
          yield { start: call.start, end: call.end, severity: 'high' };
        else if (!NOT_FOR_SECURITY.test(context)) yield { start: call.start, end: call.end };
      }
    },
  },
  {
    id: 'script-tls',
    lens: 'security',
    severity: 'high',
    title: 'The check of TLS certificates is switched off',
    explanation: 'Anyone between the two ends can read and change what is sent.',
    suggestion: "Leave the check on; give the certificate authority of your own servers with the option 'ca'.",
    confidence: 0.9,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\brejectUnauthorized\s*:\s*false\b/g)) yield { start, end };
      for (const { start, end } of matchesOf(code, /\bNODE_TLS_REJECT_UNAUTHORIZED\b['"\]]*\s*=(?!=)\s*/g)) {
        const literal = code.literalAt(end);
        const value = literal ? contentOf(code, literal) : code.code[end];
        if (value === '0') yield { start, end: end + 1 };
      }
    },
  },
  {
    id: 'script-redos',
    lens: 'security',
    severity: 'medium',
    title: 'A regular expression takes exponential time',
    explanation:
      'A repetition inside a repetition of the same characters is tried in every possible split: forty characters that do not match in the end take hours.',
    suggestion: 'Leave out the inner repetition, or bound the length of the input first.',
    confidence: 0.8,
    *find(code) {
      for (const literal of code.literals) {
        if (literal.kind !== 'regex') continue;
        if (hasNestedRepetition(contentOf(code, literal))) yield { start: literal.start, end: literal.end };
      }
    },
  },
  {
    id: 'script-jwt-none',
    lens: 'security',
    severity: 'critical',
    title: 'Tokens without a signature are accepted',
    explanation: "With the algorithm 'none' anyone can write a token with any content.",
    suggestion: 'Name the one algorithm that the tokens are signed with.',
    confidence: 0.9,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\balgorithms?\s*:\s*\[?\s*/g)) {
        const literal = code.literalAt(end);
        if (literal && /^none$/i.test(contentOf(code, literal))) yield { start, end: literal.end };
      }
    },
  },
];

function passwordHash({ start, end }: { readonly start: number; readonly end: number }): Match {
  return {
    start,
    end,
    severity: 'high',
    title: 'Passwords are hashed with MD5 or SHA-1',
    explanation:
      'Both are so fast that a graphics card tries billions of passwords a second; a leaked table is readable within hours.',
  };
}

/** `(a+)+$`, `([a-z]*)*x`: one repeated thing alone in a repeated group, after which the match can still fail. */
function hasNestedRepetition(pattern: string): boolean {
  return /\((?:\?:)?(?:\\[wdsWDS]|\.|\[(?:[^\]\\]|\\.)+\]|[A-Za-z0-9])[+*]\)(?:[+*]|\{\d+,\})./.test(pattern);
}
