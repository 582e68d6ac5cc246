import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatPromptFile, parsePromptFile } from '../../../../src/adapters/files/prompt-file.ts';

const problems = (text: string) =>
  parsePromptFile(text).problems.map(({ severity, message, start, end }) => [
    severity,
    message,
    text.slice(start, end),
  ]);

describe('prompt files', () => {
  it('hold all of a prompt', () => {
    const { prompt, problems: none } = parsePromptFile(
      [
        '---',
        'name: letter',
        'description: "Writes # a letter"',
        'category: Letters',
        'tags: [polite, "a, b"]',
        'variables:',
        '  tone:',
        '    description: How it sounds',
        '    default: 1',
        '    choices: [1, two]',
        '  text: What it says',
        '---',
        'Write {{text}} in a {{tone}} tone.',
        '---',
        'Regards',
        '',
      ].join('\n'),
    );
    assert.deepEqual(none, []);
    assert.deepEqual(prompt, {
      ...{ name: 'letter', description: 'Writes # a letter', category: 'Letters', tags: ['polite', 'a, b'] },
      template: 'Write {{text}} in a {{tone}} tone.\n---\nRegards',
      parameters: [
        { name: 'tone', description: 'How it sounds', default: '1', choices: ['1', 'two'] },
        { name: 'text', description: 'What it says', default: null, choices: [] },
      ],
    });
  });

  it('need no front matter, and may have Windows line ends and a byte order mark', () => {
    const plain = { name: null, description: '', category: '', tags: [], parameters: [] };
    assert.deepEqual(parsePromptFile('Just {{this}}\n').prompt, { ...plain, template: 'Just {{this}}' });
    const windows = parsePromptFile('\uFEFF---\r\ntags: x, y\r\n---\r\nA\r\nB\r\n');
    assert.deepEqual(windows.prompt, { ...plain, tags: ['x', 'y'], template: 'A\nB' });
    assert.deepEqual(windows.problems, []);
  });

  it('take variables as a list too', () => {
    const { prompt } = parsePromptFile('---\nvariables:\n  - a\n  - name: b\n    default: x\n---\n{{a}}{{b}}');
    assert.deepEqual(
      prompt.parameters.map(({ name, default: value }) => [name, value]),
      [
        ['a', null],
        ['b', 'x'],
      ],
    );
  });

  it('are told what is wrong with them, at its place', () => {
    const unclosed = '---\ndescription: x';
    assert.deepEqual(problems(unclosed), [['error', 'The front matter is not closed: a line --- is missing.', '---']]);
    const yaml = problems('---\ntags: [a\n---\nx');
    assert.deepEqual([yaml.length, yaml[0]?.[0]], [1, 'error']);
    assert.match(String(yaml[0]?.[1]), /^The front matter is no YAML: /);
    assert.deepEqual(problems('---\ntags: a\n---\nline\n{{#if a}}\nend'), [
      ['error', '{{#if}} is not closed. Write {{/if}} where it ends.', '{{#if a}}'],
    ]);
    const [helper] = problems('one\n{{* decorator}}');
    assert.equal(helper?.[0], 'error');
    assert.deepEqual(problems('---\ntags: {a: 1}\n---\nx'), [['error', '"tags" has to be a list of texts.', '{a: 1}']]);
    assert.match(String(problems('---\nvariables: 3\n---\nx')[0]?.[1]), /has to name the variables/);
    assert.match(String(problems('---\n- a\n---\nx')[0]?.[1]), /key: value/);
    assert.match(
      String(problems('---\nvariables:\n  a:\n    default: x\n    choices: [y]\n---\n{{a}}')[0]?.[1]),
      /choices/,
    );
    const typed = (facts: string) => String(problems(`---\nvariables:\n  a: {${facts}}\n---\n{{a}}`)[0]?.[1]);
    assert.match(typed('type: colour'), /^The type of "a" is one of: text, multiline, number/);
    assert.match(typed('type: choice'), /needs choices/);
    assert.match(typed('type: number, default: many'), /The default of "a" does not fit\. It is a number/);
    assert.match(typed('type: boolean, default: maybe'), /true or false/);
    assert.equal(typed('type: number, default: 1.5'), 'undefined');
    assert.deepEqual(problems('---\ntags: a\n---\n')[0]?.slice(0, 2), ['error', 'The prompt has no text.']);
  });

  it('are told which variables are not described, not used, and which keys mean nothing', () => {
    const text = '---\ncolour: red\nvariables:\n  used: yes\n  idle: no\n---\n{{used}} {{extra}} {{code}} {{language}}';
    assert.deepEqual(
      problems(text).map(([severity, , at]) => [severity, at]),
      [
        ['warning', 'colour'],
        ['warning', 'extra'],
        ['warning', 'idle'],
      ],
    );
    assert.deepEqual(problems('{{anything}} goes without a list'), []);
  });

  it('cannot hang or break the reader', () => {
    const bomb = `a: &a [x]\n${Array.from({ length: 50 }, (_, index) => `b${index}: *a`).join('\n')}`;
    for (const matter of [bomb, '['.repeat(30_000), 'x'.repeat(70_000), '? [a]: b', '__proto__: {x: 1}']) {
      const { problems: found } = parsePromptFile(`---\n${matter}\n---\ntext`);
      assert.ok(found.length > 0, matter.slice(0, 20));
    }
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parsePromptFile(`---\n${text}\n---\nx`)));
  });

  it('are read back as they were written', () => {
    const word = fc.string({ maxLength: 30, unit: 'binary' }).map((text) => text.replace(/\p{C}/gu, '').trim());
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/);
    const parameter = fc.record({ name, description: word, default: fc.option(word), choices: fc.constant([]) });
    const draft = fc.record({
      name: name,
      template: fc.lorem(),
      description: word,
      category: word,
      tags: fc.array(
        word.filter((tag) => tag !== ''),
        { maxLength: 4 },
      ),
      parameters: fc.uniqueArray(parameter, { selector: (one) => one.name, maxLength: 4 }),
    });
    fc.assert(
      fc.property(draft, (one) => {
        const { prompt } = parsePromptFile(formatPromptFile(one, true));
        assert.deepEqual(JSON.parse(JSON.stringify(prompt)), JSON.parse(JSON.stringify(one)));
      }),
    );
  });
});
