import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PromptSource, promptsInText, readPrompts } from '../../../../src/adapters/files/read-prompts.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const breathe = async () => {};
const source = (path: string, content: string | Uint8Array): PromptSource => {
  const bytes = typeof content === 'string' ? encode(content) : content;
  return { path, size: bytes.byteLength, read: async () => bytes };
};
const unread = (path: string, size: number): PromptSource => ({
  path,
  size,
  read: () => Promise.reject(new Error('it must not be read')),
});
const read = (...sources: PromptSource[]) => readPrompts(sources, breathe);
const outcome = async (...sources: PromptSource[]) =>
  (await read(...sources)).map((one) => ('problem' in one ? one.problem : [one.prompt.name, one.prompt.template]));

describe('prompts in files', () => {
  it('are named by their front matter, or by the file', async () => {
    assert.deepEqual(
      await outcome(
        source('a/letter.prompt.md', 'Hi {{you}}\n'),
        source('b\\note.MD', 'Note'),
        source('c.txt', '---\nname: mine\n---\nText'),
      ),
      [
        ['letter', 'Hi {{you}}'],
        ['note', 'Note'],
        ['mine', 'Text'],
      ],
    );
  });

  it('may have a byte order mark, be UTF-16, or have line breaks of Windows', async () => {
    const text = '---\r\nname: größe\r\n---\r\nHi\r\nyou\r\n';
    const little = new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);
    const big = new Uint8Array([0xfe, 0xff, ...Buffer.from(text, 'utf16le').swap16()]);
    for (const bytes of [encode(`\uFEFF${text}`), encode(text), little, big]) {
      assert.deepEqual(await outcome(source('x.prompt.md', bytes)), [['größe', 'Hi\nyou']]);
    }
  });

  it('come alone, as a list, or as a document in JSON, each with its own problem', async () => {
    const good = { name: 'a', template: 'Hi', tags: ['t'], parameters: [{ name: 'x', default: 1, choices: [1, 2] }] };
    for (const value of [good, [good], { items: [good] }, { schemaVersion: 1, item: good }]) {
      assert.deepEqual(await outcome(source('a.json', JSON.stringify(value))), [['a', 'Hi']]);
    }
    assert.deepEqual(await outcome(source('a.json', JSON.stringify([good, { name: 'half' }, null, 7]))), [
      ['a', 'Hi'],
      'Prompt 2 of 4: a prompt has a "name" and a "template", both texts',
      'Prompt 3 of 4: a prompt has a "name" and a "template", both texts',
      'Prompt 4 of 4: a prompt has a "name" and a "template", both texts',
    ]);
    const [first] = await read(source('a.json', JSON.stringify(good)));
    assert.ok(first && 'prompt' in first);
    assert.deepEqual(first.prompt.parameters, [{ name: 'x', description: '', default: '1', choices: ['1', '2'] }]);
  });

  it('are reported where they are broken, with the line', async () => {
    const cases: [PromptSource, RegExp][] = [
      [source('a.prompt.md', '---\nname: a\ntags: [x\n---\ny'), /^Line 4: The front matter is no YAML/],
      [source('a.prompt.md', '---\nname: a\n'), /not closed/],
      [source('a.prompt.md', 'One\n{{#if a}}'), /^Line 2: /],
      [source('a.prompt.md', ''), /no text/],
      [source('a.prompt.md', new Uint8Array([0xff, 0x00, 0x80])), /no text in UTF-8/],
      [source('a.prompt.md', 'a\0b'), /zero bytes/],
      [source('a.json', '{'), /no JSON/],
      [source('a.json', '{"name":"a","template":"x","tags":"t"}'), /tags and parameters lists/],
      [source('a.json', '{"name":"a","template":" "}'), /has no text/],
      [unread('a.prompt.md', 10 * 1024 * 1024), /larger than 1 MB/],
      [unread('a.json', 40 * 1024 * 1024), /larger than 32 MB/],
      [{ ...source('a.prompt.md', 'x'.repeat(2_000_000)), size: 1 }, /larger than 1 MB/],
      [{ path: 'a', size: 1, read: () => Promise.reject(new Error('gone')) }, /gone/],
    ];
    for (const [one, expected] of cases) {
      const [result, ...more] = await outcome(one, source('good.prompt.md', 'ok'));
      assert.match(String(result), expected);
      assert.deepEqual(more, [['good', 'ok']]);
    }
  });

  it('do not keep a reader of front matter busy', async () => {
    const bombs = [
      `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`)
        .join('\n')}`,
      `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      `${'- '.repeat(30_000)}x`,
      `${Array.from({ length: 5_000 }, (_, depth) => `${' '.repeat(Math.min(depth, 12))}k${depth}:`).join('\n')}`,
      'a: &a\n  <<: *a',
      '? [a, b]\n: c',
    ];
    for (const bomb of bombs) {
      assert.equal((await outcome(source('a.prompt.md', `---\n${bomb}\n---\nText`))).length, 1);
    }
  });

  it('leave prototypes alone', async () => {
    const text = '[{"name":"a","template":"x","__proto__":{"tags":["evil"]},"constructor":{"prototype":{"y":1}}}]';
    const [only] = await read(source('a.json', text));
    assert.ok(only && 'prompt' in only);
    assert.deepEqual(only.prompt.tags, []);
    assert.equal(({} as { y?: number }).y, undefined);
  });

  it('are refused where they are none or too many, and stop between two files', async () => {
    await assert.rejects(read(), { code: 'invalid-input' });
    const many = JSON.stringify(Array.from({ length: 20_001 }, (_, index) => ({ name: `n${index}`, template: 'x' })));
    await assert.rejects(read(source('a.json', many)), /Nothing was imported|more than 20000/);
    const large = Array.from({ length: 3 }, (_, index) => ({ ...source(`${index}.json`, '[]'), size: 30_000_000 }));
    await assert.rejects(read(...large), { code: 'invalid-input' });
    const stop = Object.assign(new Error('stop'), { name: 'AbortError' });
    await assert.rejects(
      readPrompts([source('a.md', 'a'), source('b.md', 'b')], async (done) => {
        if (done === 1) throw stop;
      }),
      stop,
    );
  });

  it('never throw, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('a.json', 'a.prompt.md'),
        async (bytes, path) => {
          for (const one of await read(source(path, bytes), source('z.md', 'z'))) assert.ok(one.source);
        },
      ),
    );
  });
});

describe('prompts in a copied text', () => {
  const names = (text: string) =>
    promptsInText(text, 'Clipboard').map((one) => ('prompt' in one ? one.prompt.name : one.problem));

  it('are one with front matter, or JSON', () => {
    assert.deepEqual(names('---\nname: a\n---\nHi'), ['a']);
    assert.deepEqual(names('Just a text with {{code}}'), ['Clipboard']);
    assert.deepEqual(names('{{code}} comes first'), ['Clipboard']);
    assert.deepEqual(names(' [{"name":"a","template":"x"},{"name":"b","template":"x"}]'), ['a', 'b']);
    assert.match(names('{"name":')[0] ?? '', /no JSON/);
    assert.match(names('')[0] ?? '', /no text/);
  });
});
