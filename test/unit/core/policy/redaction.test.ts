import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redact } from '../../../../src/core/policy/redaction.ts';

/** Assembled at run time, so that no scanner takes the tests for a leak. */
const join = (...parts: string[]) => parts.join('');
const HEX = '9f86d081884c7d659a2feaa0c55ad015';
const BASE62 = 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY';

const VENDOR_KEYS: Readonly<Record<string, string>> = {
  OpenAI: join('sk-', 'proj-', BASE62, '_', BASE62),
  'OpenAI, old': join('sk-', BASE62, BASE62),
  Anthropic: join('sk-', 'ant-api03-', BASE62, '-', BASE62),
  OpenRouter: join('sk-', 'or-v1-', HEX, HEX),
  xAI: join('xai-', BASE62, BASE62),
  Groq: join('gsk', '_', BASE62, BASE62),
  Gemini: join('AIza', 'SyA', BASE62),
  AWS: join('AKIA', 'IOSFODNN7EXAMPLE'),
  GitHub: join('ghp', '_', BASE62, 'abcd'),
  'GitHub, fine-grained': join('github', '_pat_', '11ABCDEFG0', BASE62),
  GitLab: join('glpat', '-', 'x7Yz_2-kQwErTyUiOp12'),
  npm: join('npm', '_', BASE62, 'abcd'),
  Slack: join('xoxb', '-123456789012-', BASE62),
  Stripe: join('sk', '_live_', BASE62),
  'Hugging Face': join('hf', '_', BASE62),
  'Google, access token': join('ya29', '.', BASE62),
  'Google, client secret': join('GOCSPX', '-', BASE62),
  'AWS, temporary': join('ASIA', 'IOSFODNN7EXAMPLE'),
  PyPI: join('pypi', '-', BASE62, BASE62),
  'Slack, app': join('xapp', '-1-', BASE62),
  'Slack, address': join('https://hooks.', 'slack.com/services/', BASE62),
  'Stripe, webhooks': join('whsec', '_', BASE62),
  SendGrid: join('SG', '.', BASE62, '.', BASE62),
  DigitalOcean: join('dop', '_v1_', HEX, HEX),
  age: join('AGE-SECRET-', 'KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE'),
};

describe('redact', () => {
  describe('by shape', () => {
    for (const [vendor, key] of Object.entries(VENDOR_KEYS)) {
      it(`removes a key of ${vendor}`, () => {
        const { text, redactions } = redact(`call(${key}) // "${key}"`, []);
        assert.equal(text, 'call([redacted key]) // "[redacted key]"');
        assert.equal(redactions, 2);
      });
    }

    it('removes JWTs and bearer headers', () => {
      const jwt = join(
        'eyJ',
        'hbGciOiJIUzI1NiJ9.eyJ',
        'zdWIiOiIxMjM0NTY3ODkwIn0.',
        'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
      );
      assert.equal(redact(`t(${jwt})`, []).text, 't([redacted token])');
      assert.equal(redact(`Authorization: Bearer ${HEX}`, []).text, 'Authorization: Bearer [redacted token]');
      assert.equal(
        redact('"Authorization": "Basic dXNlcjpodW50ZXIy"', []).text,
        '"Authorization": "Basic [redacted token]"',
      );
    });

    it('removes only the password of a connection string', () => {
      const url = join('postgres://app:', 's3cr3tPa55', '@db.internal:5432/main');
      assert.equal(
        redact(`DATABASE_URL=${url}`, []).text,
        'DATABASE_URL=postgres://app:[redacted password]@db.internal:5432/main',
      );
    });

    it('removes a private key and keeps its lines', () => {
      const key = [
        '-----BEGIN RSA PRIVATE ',
        'KEY-----\nMIIEpAIBAAKCAQEA\r\nq83vEjRWeJASNFZ4\n-----END RSA PRIVATE ',
        'KEY-----',
      ].join('');
      assert.equal(redact(`before\n${key}\nafter`, []).text, 'before\n[redacted private key]\n\r\n\n\nafter');
    });

    it('removes a private key in a string literal and one that was cut off', () => {
      const begin = join('-----BEGIN ', 'PRIVATE KEY-----');
      const inString = `key = "${begin}\\nMIIEvQIBADANBgkq\\n-----END PRIVATE KEY-----\\n";`;
      assert.equal(redact(inString, []).text, 'key = "[redacted private key]\\n";');
      const cut = `${begin}\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7`;
      assert.equal(redact(`${cut}\nprint("next line")`, []).text, '[redacted private key]\n\n\nprint("next line")');
    });

    it('leaves code that looks for a private key alone', () => {
      const code = `if (text.includes('${join('-----BEGIN ', 'PRIVATE KEY-----')}')) {\n  return parse(text);\n}\n`;
      assert.deepEqual(redact(code, []), { text: code, redactions: 0 });
    });
  });

  describe('by name', () => {
    const secrets: readonly (readonly [string, string])[] = [
      ['const password = "hunter2!";', 'const password = "[redacted password]";'],
      ["db_password: 'Tr0ub4dor&3'", "db_password: '[redacted password]'"],
      ['const pwd: string = "a1b2c3d4";', 'const pwd: string = "[redacted password]";'],
      ['{ "apiKey": "0123456789abcdef0123" }', '{ "apiKey": "[redacted secret]" }'],
      ["'client_secret' => 'q9w8e7r6t5y4u3'", "'client_secret' => '[redacted secret]'"],
      ['AUTH_TOKEN := `f3a9c1d2e4b5`', 'AUTH_TOKEN := `[redacted secret]`'],
      ['{\\"password\\": \\"s3cr3tPa55\\"}', '{\\"password\\": \\"[redacted password]\\"}'],
      [`export API_KEY=${HEX}`, 'export API_KEY=[redacted secret]'],
      [`  secret_key: ${HEX}`, '  secret_key: [redacted secret]'],
      ['DB_PASSWORD=Tr0ub4dor!3', 'DB_PASSWORD=[redacted password]'],
      ['<password>Tr0ub4dor3</password>', '<password>[redacted password]</password>'],
      [`curl "https://host/x?api_key=${HEX}&y=1"`, 'curl "https://host/x?api_key=[redacted secret]&y=1"'],
      ['if (token === "f3a9c1d2e4b5") {', 'if (token === "[redacted secret]") {'],
      ['API_SECRET = "xKqWzRtBvNmPsDfGhJkL"', 'API_SECRET = "[redacted secret]"'],
    ];
    for (const [before, after] of secrets) {
      it(`removes the value of ${before.slice(0, 30)}`, () => assert.equal(redact(before, []).text, after));
    }

    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders in the text are the cases here
    const harmless = [
      'const password = process.env.DB_PASSWORD;',
      "const apiKey = process.env['API_KEY'] ?? '';",
      'const password = "changeme";',
      'apiKey: "your-api-key-here"',
      'password: "${DB_PASSWORD}"',
      'password: {{ .Values.dbPassword }}',
      'token: "<token>"',
      'secret: "********"',
      'function login(user: string, password: string): Promise<string> {',
      'token = await fetchToken(request, "v2");',
      'token = sha256_hexdigest_v2',
      'const token = generateToken2048bits;',
      'passwordLabel: "Enter 8 to 20 characters"',
      "error: { password: 'auth.errors.password_too_short' }",
      "secret: 'db-credentials-v2'",
      "tokenUrl: 'https://auth.host/oauth2/token'",
      'password: "Password"',
      "{ token: 'identifier', value: 'x1' }",
      'postgres://user:password@localhost/db',
      'postgres://${user}:${password}@localhost/db',
      'see http://host:8080/@scope/pkg',
      '<label for="password">Password</label>',
      '<div class="sk-circle sk-circle-fade-dot-two">',
      'task-management-system-2024-archive',
      'const pattern = /^sk-[A-Za-z0-9]{20,}/;',
      'Authorization: Bearer ${token}',
      'bearer authenticationscheme',
      'import { secret } from "./config/secret-1.ts";',
    ];
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: placeholders in the text are the cases here
    for (const line of harmless) {
      it(`leaves alone: ${line}`, () => assert.deepEqual(redact(line, []), { text: line, redactions: 0 }));
    }
  });

  describe('known secrets', () => {
    const secret = 'canary+value/with=odd&signs';

    it('removes them in hexadecimal', () => {
      const hex = Buffer.from(secret).toString('hex');
      for (const form of [hex, hex.toUpperCase()]) assert.equal(redact(form, [secret]).text, '[redacted secret]');
    });

    it('removes them as they stand and URL-encoded', () => {
      assert.equal(redact(`a ${secret} b`, [secret]).text, 'a [redacted secret] b');
      assert.equal(redact(encodeURIComponent(secret), [secret]).text, '[redacted secret]');
      const lower = encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase());
      assert.equal(redact(lower, [secret]).text, '[redacted secret]');
    });

    it('leaves nothing of them in base64, wherever they begin', () => {
      for (const prefix of ['', 'u', 'us', 'use', 'user:']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(`${prefix}${secret}!`).toString(encoding);
          const { text } = redact(`x(${encoded})`, [secret]);
          assert.match(text, /\[redacted secret\]/);
          const rest = text.replace(/\[redacted secret\]/g, '').slice(2, -1);
          assert.ok(rest.length <= Math.ceil(((prefix.length + 3) * 8) / 6), `${rest} is left of ${encoded}`);
        }
      }
    });

    it('ignores values too short to tell from text', () => {
      assert.equal(redact('test the tests', ['test', '']).text, 'test the tests');
    });
  });

  describe('for any text', () => {
    const pieces = fc.constantFrom(
      ...Object.values(VENDOR_KEYS),
      'password = "',
      'hunter22!',
      'api_key: ',
      HEX,
      '"\n',
      '\r\n',
      'Bearer ',
      join('-----BEGIN ', 'PRIVATE KEY-----'),
      join('-----END ', 'PRIVATE KEY-----'),
      'postgres://u:',
      '@h',
      '[redacted ',
      'secret]',
      '\ud800',
      'known-secret-value',
    );
    const texts = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 24 })
      .map((parts) => parts.join(''));
    const known = fc.array(
      fc.oneof(fc.constant('known-secret-value'), fc.string({ maxLength: 12 }), fc.constant('\udc00 12345678')),
      {
        maxLength: 3,
      },
    );

    it('keeps the line breaks', () => {
      fc.assert(
        fc.property(texts, known, (text, secrets) => {
          const breaks = (value: string) => value.replace(/[^\r\n]/g, '');
          assert.equal(breaks(redact(text, secrets).text), breaks(text));
        }),
      );
    });

    it('finds nothing more in what it has redacted', () => {
      fc.assert(
        fc.property(texts, known, (text, secrets) => {
          const once = redact(text, secrets).text;
          assert.deepEqual(redact(once, secrets), { text: once, redactions: 0 });
        }),
        { numRuns: 500 },
      );
    });

    it('leaves no known secret', () => {
      fc.assert(
        fc.property(texts, texts, (before, after) => {
          assert.ok(
            !redact(`${before}known-secret-value${after}`, ['known-secret-value']).text.includes('known-secret-value'),
          );
        }),
      );
    });

    it('says the same of a text as often as it is asked, and looks again when it knows more', () => {
      fc.assert(
        fc.property(texts, known, (text, secrets) => {
          const long = text.padEnd(300, ' known-secret-value.');
          const first = redact(long, secrets);
          assert.deepEqual(redact(long, secrets), first);
          assert.deepEqual(redact(long, [...secrets]), first);
          const more = [...secrets];
          assert.deepEqual(redact(long, more), first);
          more.push('known-secret-value');
          assert.deepEqual(redact(long, more), redact(long, [...more]));
          assert.ok(!redact(long, more).text.includes('known-secret-value'));
        }),
      );
    });

    it('stays fast on long lines', () => {
      for (const unit of [
        'eyJa.',
        'sk-',
        'password=',
        'a',
        join('-----BEGIN ', 'PRIVATE KEY-----'),
        'http://a:',
        '"x',
        'token: "',
        ' ',
        '=',
      ]) {
        const text = unit.repeat(Math.ceil(300_000 / unit.length));
        assert.equal(redact(text, ['known-secret-value']).redactions, 0);
      }
    }).timeout(10_000);
  });
});
