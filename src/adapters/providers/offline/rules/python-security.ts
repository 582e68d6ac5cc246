import type { Literal, Range } from '../../../../core/source/masked-text.ts';
import type { PythonCode } from '../../../../core/source/python-code.ts';
import { callsOf, contentOf, isPlainLiteral, type Match, matchesOf, type PythonRule } from './rule.ts';
import { hardCodedSecrets } from './script-secrets.ts';
import { isValueInSql, SQL } from './sql-text.ts';

const REQUEST =
  /\b(?:flask\.)?request\.(?:args|form|values|json|GET|POST|cookies|headers|files|query_params|path_params)\b/;
const UNGUESSABLE = /token|secret|passw|session|nonce|salt|otp\b|csrf|api_?key|reset_?code|verification_?code/i;
const NOT_FOR_SECURITY =
  /etag|cache|checksum|fingerprint|\bgit|dedup|integrity|content|gravatar|bucket|shard|usedforsecurity/i;

export const PYTHON_SECURITY_RULES: readonly PythonRule[] = [
  {
    id: 'python-eval',
    lens: 'security',
    severity: 'critical',
    title: 'Text is run as code',
    explanation: 'Whoever can influence this text runs Python with all rights of the program.',
    suggestion: 'Use ast.literal_eval or json.loads for data, or choose among functions by name in a dictionary.',
    confidence: 0.9,
    *find(code) {
      for (const call of callsOf(code, /(?<![.\w])(?:eval|exec)\s*\(/g)) {
        const [first] = call.args;
        if (!first || /\bdef\s+$/.test(code.code.slice(Math.max(0, call.start - 6), call.start))) continue;
        const place = { start: call.start, end: call.end };
        if (isPlainLiteral(code, first)) yield { ...place, severity: 'medium' };
        else yield /^compile\b/.test(code.code.slice(first.start, first.end)) ? { ...place, severity: 'high' } : place;
      }
    },
  },
  {
    id: 'python-shell',
    lens: 'security',
    severity: 'high',
    title: 'A shell command is put together from values',
    explanation:
      'The shell interprets everything in the value: `;`, `$(...)` or a line break in it run other commands (command injection).',
    suggestion: 'Call subprocess.run with a list of arguments and without shell=True.',
    confidence: 0.85,
    *find(code) {
      for (const call of callsOf(
        code,
        /\b(?:os\.(?:system|popen)|subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|commands\.getoutput)\s*\(/g,
      )) {
        const [command] = call.args;
        const alwaysShell = /os\.|getoutput|getstatusoutput/.test(call.match[0]);
        const usesShell = alwaysShell || /\bshell\s*=\s*True\b/.test(code.code.slice(call.open, call.end));
        if (command && usesShell && isBuilt(code, command))
          yield { start: call.start, end: call.end, ...worseFor(code, command) };
      }
    },
  },
  {
    id: 'python-sql',
    lens: 'security',
    severity: 'high',
    title: 'SQL is put together from values',
    explanation:
      'A value that holds a quote ends the literal and continues as SQL, so whoever supplies it can read or change any row (SQL injection).',
    suggestion: 'Write placeholders (%s or ?) into the statement and pass the values as second argument of execute.',
    confidence: 0.85,
    *find(code) {
      for (const literal of code.literals) {
        if (!SQL.test(contentOf(code, literal)) || isDocstring(code, literal)) continue;
        const end = builtTo(code, literal);
        if (end === null || !holdsValue(code, literal, end)) continue;
        const statement = { start: literal.start, end };
        yield { ...statement, ...worseFor(code, statement) };
      }
    },
  },
  {
    id: 'python-pickle',
    lens: 'security',
    severity: 'high',
    title: 'pickle runs code that is in the data',
    explanation: 'A pickle can call any function when it is loaded, so data from outside runs code here.',
    suggestion: 'Store and send JSON; load pickles only that this program wrote itself and nobody else can change.',
    confidence: 0.7,
    *find(code) {
      for (const { start, end } of matchesOf(code, /(?<![.\w])(?:c?[pP]ickle|dill|marshal)\.loads?\s*\(/g)) {
        yield { start, end };
      }
    },
  },
  {
    id: 'python-yaml',
    lens: 'security',
    severity: 'high',
    title: 'yaml.load can create any object',
    explanation: 'A document with a !!python tag runs code when it is loaded this way.',
    suggestion: 'Use yaml.safe_load.',
    confidence: 0.9,
    *find(code) {
      for (const call of callsOf(code, /(?<![.\w])yaml\.(load|load_all)\s*\(/g)) {
        const text = code.code.slice(call.open, call.end);
        if (/Safe|Base/.test(text)) continue;
        const name = { start: call.start, end: call.open };
        yield call.args.length === 1 ? { ...name, newText: `yaml.safe_${call.match[1] ?? ''}` } : name;
      }
    },
  },
  {
    id: 'python-tls',
    lens: 'security',
    severity: 'high',
    title: 'The check of TLS certificates is switched off',
    explanation: 'Anyone between the two ends can read and change what is sent.',
    suggestion: 'Leave the check on; give the certificate authority of your own servers as verify="path".',
    confidence: 0.9,
    *find(code) {
      for (const { start, end } of matchesOf(
        code,
        /\bverify\s*=\s*False\b|\bssl\._create_unverified_context\b|\bcheck_hostname\s*=\s*False\b|\bverify_mode\s*=\s*ssl\.CERT_NONE\b/g,
      )) {
        if (!isAskedFor(code, start)) yield { start, end };
      }
    },
  },
  {
    id: 'python-weak-hash',
    lens: 'security',
    severity: 'low',
    title: 'MD5 or SHA-1 is used',
    explanation:
      'Two inputs with the same hash can be made for both, so nothing that an attacker can choose is safe behind it.',
    suggestion: 'Use hashlib.sha256 or better; for passwords hashlib.scrypt, bcrypt or argon2.',
    confidence: 0.7,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\bhashlib\.(?:md5|sha1)\s*\(|\bhashlib\.new\s*\(\s*(?=['"])/g)) {
        if (/\.new/.test(code.code.slice(start, end)) && !/^['"](?:md5|sha1)/i.test(code.text.slice(end, end + 6)))
          continue;
        const context = `${code.functionAt(start)?.name ?? ''} ${code.textOf(code.linesOf({ start, end }))}`;
        if (/passw|credential|\bpin\b/i.test(context)) {
          yield {
            start,
            end,
            severity: 'high',
            title: 'Passwords are hashed with MD5 or SHA-1',
            explanation:
              'Both are so fast that a graphics card tries billions of passwords a second; a leaked table is readable within hours.',
          };
        } else if (/token|secret|signature|session|auth/i.test(context)) yield { start, end, severity: 'high' };
        else if (!NOT_FOR_SECURITY.test(context)) yield { start, end };
      }
    },
  },
  {
    id: 'python-random',
    lens: 'security',
    severity: 'high',
    title: 'A secret value is made with random',
    explanation:
      'The module computes all its numbers from a state that a few of them reveal, so the value can be guessed.',
    suggestion: 'Use the secrets module.',
    confidence: 0.85,
    *find(code) {
      for (const { start, end } of matchesOf(
        code,
        /(?<![.\w])random\.(?:choice|choices|randint|random|randrange|sample|getrandbits)\s*\(/g,
      )) {
        const target =
          /^\s*([\w.]+)\s*(?::[^=]*)?=/.exec(code.code.slice(code.linesOf({ start, end }).start, start))?.[1] ?? '';
        if (UNGUESSABLE.test(target) || UNGUESSABLE.test(code.functionAt(start)?.name ?? '')) yield { start, end };
      }
    },
  },
  {
    id: 'python-secret',
    lens: 'security',
    severity: 'high',
    title: 'A secret stands in the code',
    explanation:
      'Everyone who can read the repository or a copy of it has this secret, also after it is removed here: it stays in the history.',
    suggestion: 'Revoke it, and read the new one from the environment or a secret store.',
    confidence: 0.85,
    find: hardCodedSecrets,
  },
  {
    id: 'python-path',
    lens: 'security',
    severity: 'high',
    title: 'The client chooses the path of a file',
    explanation: 'A value such as ../../etc/passwd leads out of the intended folder (path traversal).',
    suggestion:
      'Use werkzeug.utils.secure_filename or send_from_directory, or check that the resolved path is inside of the folder.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, /(?<![.\w])(?:open|send_file|os\.remove|os\.unlink|shutil\.rmtree)\s*\(/g)) {
        const [path] = call.args;
        if (path && usesRequest(code, path)) yield { start: call.start, end: call.end };
      }
    },
  },
  {
    id: 'python-debug-server',
    lens: 'security',
    severity: 'medium',
    title: 'The web server runs in debug mode',
    explanation: "Flask's debugger lets everyone who sees an error page run Python on the server.",
    suggestion: 'Leave debug out, and switch it on with an environment variable while developing.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, /\b(?:app|application)\.run\s*\(/g)) {
        if (/\bdebug\s*=\s*True\b/.test(code.code.slice(call.open, call.end)))
          yield { start: call.start, end: call.end };
      }
    },
  },
  {
    id: 'python-mktemp',
    lens: 'security',
    severity: 'medium',
    title: 'tempfile.mktemp leaves a gap',
    explanation: 'Between choosing the name and opening the file someone else can put a file or a link there.',
    suggestion: 'Use tempfile.mkstemp or NamedTemporaryFile.',
    confidence: 0.9,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\btempfile\.mktemp\s*\(/g)) yield { start, end };
    },
  },
];

/** A text that is not constant: an f-string, `%`, `+`, `.format`, or a variable that is set to one in the function. */
function isBuilt(code: PythonCode, range: Range): boolean {
  if (code.literalsIn(range).some((literal) => builtTo(code, literal) !== null)) return true;
  const text = code.code.slice(range.start, range.end).trim();
  if (/\.join\s*\(|shlex\.quote/.test(text)) return false;
  if (REQUEST.test(text)) return true;
  if (!/^\w+$/.test(text)) return false;
  const before = code.functionAt(range.start)?.header.start ?? 0;
  const assigned = [
    ...code.code.slice(before, range.start).matchAll(new RegExp(`^\\s*${text}\\s*=\\s*(?=[frbu]*['"])`, 'gmi')),
  ].at(-1);
  const literal = assigned ? code.literalAt(before + assigned.index + assigned[0].length) : null;
  return literal !== null && builtTo(code, literal) !== null;
}

/** End of the expression that puts values into a literal; null: nothing is put into it. */
function builtTo(code: PythonCode, literal: Literal): number | null {
  const variable = literal.expressions.some(
    (one) =>
      !/^\s*(?:[\w.]*\.)?[A-Z][A-Z0-9_]*\s*$|placeholder|\bmarks\b|\bcolumns?\b|\btable\b|\bfields\b/.test(
        code.textOf(one),
      ),
  );
  if (variable) return literal.end;
  const next = code.skipSpace(literal.end);
  const rest = code.code.slice(next, next + 60);
  if (rest.startsWith('.format(')) {
    const close = code.matching(next + 7);
    return close !== null && !/^\s*(?:[\w.]*\.)?[A-Z][A-Z0-9_]*\s*$/.test(code.code.slice(next + 8, close))
      ? close + 1
      : null;
  }
  const isOperand = /^(?:%|\+)\s*(?=[A-Za-z_(])(?![frbu]*['"])/i.test(rest);
  if (!isOperand || code.code.slice(literal.end, next).includes('\n')) return null;
  return code.linesOf({ start: next, end: next + 1 }).end;
}

/** True where a value of unknown origin, or anything that a client sent, is put into the statement. */
function holdsValue(code: PythonCode, literal: Literal, end: number): boolean {
  if (REQUEST.test(code.code.slice(literal.start, end))) return true;
  const text = contentOf(code, literal);
  const filled = literal.expressions.map((one) => [
    code.text.slice(literal.content.start, one.start - 1),
    code.textOf(one),
  ]);
  const rest = code.text.slice(literal.end, end);
  if (/^\s*\+/.test(rest)) filled.push([text, rest.replace(/^\s*\+/, '')]);
  else if (rest !== '')
    for (const slot of text.matchAll(/%[sd]|\{\w*\}/g)) filled.push([text.slice(0, slot.index), rest]);
  return filled.some(([before = '', expression = '']) => isValueInSql(before, expression));
}

/** What comes from a client is in an attacker's hands already. */
function worseFor(code: PythonCode, range: Range): Pick<Match, 'severity'> {
  return usesRequest(code, range) ? { severity: 'critical' } : {};
}

/** `if not verify:` and the like: the caller has asked for it. */
function isAskedFor(code: PythonCode, offset: number): boolean {
  const index = code.lines.findIndex(({ start, end }) => offset >= start && offset < end);
  const before = code.lines.slice(Math.max(0, index - 3), index);
  return before.some((line) => /^(?:el)?if\b.*(?:verify|insecure)/.test(line.code));
}

/** Direct, or by a variable that is set to it in the function. */
function usesRequest(code: PythonCode, range: Range): boolean {
  const text = code.code.slice(range.start, range.end);
  if (/secure_filename|safe_join|basename/.test(text)) return false;
  if (REQUEST.test(text)) return true;
  const before = code.code.slice(code.functionAt(range.start)?.header.start ?? 0, range.start);
  return (text.match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []).some((name) => {
    const value = [...before.matchAll(new RegExp(`^\\s*${name}\\s*=\\s*(.*)$`, 'gm'))].at(-1)?.[1] ?? '';
    return REQUEST.test(value) && !/secure_filename|safe_join|basename|int\(/.test(value);
  });
}

/** A text that is a statement of its own. */
function isDocstring(code: PythonCode, literal: Literal): boolean {
  const line = code.lines.find(({ start, end }) => literal.start >= start && literal.start < end);
  return line !== undefined && line.start + line.indent === literal.start;
}
