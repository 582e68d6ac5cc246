import { isBareSecret, isPlaceholder, isSecretLiteral } from './secret-values.ts';

/** A secret in a text: `end` is exclusive; `kind` is what the marker says. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/**
 * A pattern with the secret itself in the group `secret`. `holds` looks at the candidate where the shape alone says too
 * little. Each pattern starts at a boundary or has a bounded prefix, so that none is quadratic on a long line.
 */
interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
  holds?(secret: string): boolean;
}

/** Patterns that are only looked for where `sign` is found: every match of theirs contains one of it. */
interface PatternGroup {
  readonly sign: RegExp;
  readonly patterns: readonly SecretPattern[];
}

/** Not in the middle of a longer word. */
const EDGE = '(?<![A-Za-z0-9_-])';

interface VendorKey extends SecretPattern {
  readonly prefix: string;
}

/** A key that begins with `prefix`, of which `rest` is left; both are sources of regular expressions. */
function vendorKey(prefix: string, rest: string, more: Partial<SecretPattern> = {}): VendorKey {
  return { prefix, kind: 'key', pattern: new RegExp(`${EDGE}(?<secret>(?:${prefix})${rest})`, 'gd'), ...more };
}

/** Keys and tokens that say by their shape what they are. */
const VENDOR_KEYS: readonly VendorKey[] = [
  // OpenAI, Anthropic, OpenRouter. A kebab-case class name can begin alike but has no long run with digits in it.
  vendorKey('sk-', '[A-Za-z0-9_-]{16,}', { holds: (key) => /[A-Za-z0-9]{10}/.test(key) && /[0-9]/.test(key) }),
  vendorKey('xai-', '[A-Za-z0-9]{16,}'),
  vendorKey('gsk_', '[A-Za-z0-9]{16,}'),
  vendorKey('AIza', '[A-Za-z0-9_-]{30,}'),
  vendorKey('ya29\\.', '[A-Za-z0-9_-]{20,}'),
  vendorKey('GOCSPX-', '[A-Za-z0-9_-]{20,}'),
  vendorKey('AKIA|ASIA', '[A-Z0-9]{16}(?![A-Za-z0-9])'),
  vendorKey('gh[pousr]_', '[A-Za-z0-9]{20,}'),
  vendorKey('github_pat_', '[A-Za-z0-9_]{20,}'),
  vendorKey('glpat-', '[A-Za-z0-9_-]{16,}'),
  vendorKey('npm_', '[A-Za-z0-9]{30,}'),
  vendorKey('pypi-', '[A-Za-z0-9_-]{40,}'),
  vendorKey('hf_', '[A-Za-z0-9]{30,}'),
  vendorKey('xox[abeoprs]-', '[A-Za-z0-9-]{10,}'),
  vendorKey('xapp-', '[0-9]-[A-Za-z0-9-]{20,}'),
  vendorKey('[rs]k_(?:live|test)_', '[A-Za-z0-9]{16,}'),
  vendorKey('whsec_', '[A-Za-z0-9+/=]{20,}'),
  vendorKey('SG\\.', '[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}'),
  vendorKey('dop_v1_', '[a-f0-9]{40,}'),
  vendorKey('AGE-SECRET-KEY-1', '[A-Z0-9]{40,}'),
  vendorKey('https://hooks\\.slack\\.com/services/', '[A-Za-z0-9/]{20,}'),
  vendorKey('eyJ', '[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*', { kind: 'token' }),
];

/** What is sent along with a request, or stands in a URL. */
const CREDENTIALS: readonly PatternGroup[] = [
  {
    sign: /bearer/i,
    patterns: [
      {
        kind: 'token',
        pattern: /\bbearer[ \t]{1,4}(?<secret>[A-Za-z0-9._~+/-]{16,}={0,2})/dgi,
        holds: (secret) => /[0-9]/.test(secret) && !isPlaceholder(secret),
      },
    ],
  },
  {
    sign: /authorization/i,
    patterns: [
      {
        kind: 'token',
        pattern:
          /\bauthorization\\?["'`\]]{0,2}[ \t]{0,4}[:=,][ \t]{0,4}\\?["'`]?(?:basic|token)[ \t]{1,4}(?<secret>[A-Za-z0-9._~+/-]{8,}={0,2})/dgi,
        holds: (secret) => !isPlaceholder(secret),
      },
    ],
  },
  {
    sign: /:\/\//,
    patterns: [
      {
        kind: 'password',
        pattern: /\b[a-z][a-z0-9+.-]{1,24}:\/\/[^\s:/@'"`<>]{0,128}:(?<secret>[^\s/@'"`<>]{1,256})@/dgi,
        holds: (secret) => !isPlaceholder(secret),
      },
    ],
  },
];

/** Names of what holds a secret, to their end: `tokenUrl` or `passwordError` hold none. */
const PASSWORD_NAME = '(?:pass(?:word|wd|phrase|code)|pwd)s?(?:_?\\d{1,2})?';
const SECRET_NAME =
  '(?:secret|token|credential|(?:api|access|auth|private|secret|encryption|signing|master|account|storage)[_-]?key)s?(?:_?\\d{1,2})?';

/** Between name and value: a closing quote or bracket, a type annotation, then `=`, `:`, `=>`, `:=` or a comparison. */
const ASSIGNED =
  '\\\\?["\'`\\]]{0,2}[ \\t]{0,8}(?::[ \\t]{0,4}[A-Za-z_][\\w<>|\\[\\]. ]{0,40}=|=>|:=|[=!]==?|[=:])[ \\t]{0,8}';

/** Characters that a value can have where nothing quotes it. */
const BARE = '[A-Za-z0-9+/=_.!@#$%^*~-]{8,512}';

/** Literals assigned to such a name: quoted, as text of an XML element, or bare on a line of settings or a command. */
function assignmentsTo(kind: string, name: string, holdsQuoted: (secret: string) => boolean): SecretPattern[] {
  const pattern = (source: string, flags: string): RegExp => new RegExp(source, flags);
  return [
    {
      kind,
      pattern: pattern(
        `${name}${ASSIGNED}\\\\?(?<quote>["'\`])(?<secret>(?:[^\\s"'\`\\\\]|\\\\[^\\s"'\`]){6,512})\\\\?\\k<quote>`,
        'dgi',
      ),
      holds: holdsQuoted,
    },
    {
      kind,
      pattern: pattern(`${name}>[ \\t]{0,4}(?<secret>[^\\s<>"'\`]{6,512})[ \\t]{0,4}</`, 'dgi'),
      holds: holdsQuoted,
    },
    {
      kind,
      pattern: pattern(
        `^[ \\t]{0,40}(?:export |set |-[ \\t]{1,4})?[\\w.-]{0,60}?${name}[ \\t]{0,4}[=:][ \\t]{0,4}(?<secret>${BARE})[ \\t]*\\r?$`,
        'dgim',
      ),
      holds: isBareSecret,
    },
    { kind, pattern: pattern(`(?:[?&]|--)[\\w-]{0,40}?${name}[= ](?<secret>${BARE})`, 'dgi'), holds: isBareSecret },
  ];
}

/** Most texts hold none of the signs, and to look for these costs a fraction of what all patterns cost. */
const GROUPS: readonly PatternGroup[] = [
  { sign: new RegExp(`\\b(?:${VENDOR_KEYS.map(({ prefix }) => prefix).join('|')})`), patterns: VENDOR_KEYS },
  ...CREDENTIALS,
  {
    sign: /pass|pwd/i,
    patterns: assignmentsTo('password', PASSWORD_NAME, (value) => isSecretLiteral(value, 'password')),
  },
  {
    sign: /secret|token|credential|key/i,
    patterns: assignmentsTo('secret', SECRET_NAME, (value) => isSecretLiteral(value, 'key')),
  },
];

/** Secrets recognised by their shape or by what they are assigned to. Spans may overlap. */
export function patternSpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const { sign, patterns } of GROUPS) {
    if (!sign.test(text)) continue;
    for (const { kind, pattern, holds } of patterns) {
      for (const match of text.matchAll(pattern)) {
        const [start, end] = match.indices?.groups?.secret ?? [0, 0];
        if (end > start && (holds?.(text.slice(start, end)) ?? true)) spans.push({ start, end, kind });
      }
    }
  }
  return spans;
}
