import assert from 'node:assert/strict';
import { MemoryPrompts } from '../../../../src/adapters/storage/memory/memory-prompts.ts';
import { PromptLibrary } from '../../../../src/core/prompts/library.ts';
import type { VariableType } from '../../../../src/core/prompts/prompt.ts';
import { BUILT_IN_PROMPTS } from '../../../../src/core/prompts/templates.ts';

const NOTE = { author: 'me', reason: 'because' };
const own = (name: string, template: string) => ({
  ...{ name, template, description: 'Mine', category: 'Own', tags: ['x'] },
  parameters: [],
});
const library = () => new PromptLibrary(new MemoryPrompts());

describe('PromptLibrary', () => {
  it('has the eight templates of the product', async () => {
    assert.deepEqual(
      (await library().list()).map(({ name }) => name),
      [
        'code-review',
        'documentation-generator',
        'bug-fix',
        'refactor',
        'test-generator',
        'security-audit',
        'performance-optimization',
        'architecture-design',
      ],
    );
  });

  it('renders each of them with its variables and with the required ones alone', async () => {
    for (const { name, variables } of BUILT_IN_PROMPTS) {
      const values = Object.fromEntries(variables.map((variable) => [variable, `<${variable}>`]));
      const text = await library().render(name, values);
      for (const variable of variables) assert.ok(text.includes(`<${variable}>`), `${name}: ${variable}`);
      assert.doesNotMatch(text, /\{\{|\}\}/);
      await assert.rejects(library().render(name, {}), { code: 'invalid-input', message: /Missing variable/ });
    }
    assert.match(await library().render('code-review', { code: 'a();', language: 'go' }), /^Review this go code\.\n/);
  });

  it('renders as the documentation shows it', async () => {
    const text = await library().render('code-review', {
      code: "console.log('hello')",
      language: 'javascript',
      focus: 'best practices',
    });
    assert.match(text, /best practices/);
    assert.match(text, /console\.log\('hello'\)/);
  });

  it('lets the version of the user win, and lists what else there is', async () => {
    const mine = library();
    for (const draft of [own('refactor', 'Mine: {{x}}'), own('zebra', 'z'), own('ant', 'a')])
      await mine.save(draft, NOTE);
    const prompts = await mine.list();
    assert.equal(prompts.length, 10);
    assert.deepEqual(
      prompts.slice(-2).map(({ name }) => name),
      ['ant', 'zebra'],
    );
    assert.equal(prompts.find(({ name }) => name === 'refactor')?.builtIn, false);
    assert.equal(await mine.render('refactor', { x: 'y' }), 'Mine: y');
  });

  it('names the nearest template where there is none of that name', async () => {
    await assert.rejects(library().get('code-reviw'), {
      code: 'not-found',
      message: 'Template not found: "code-reviw".',
      hint: /"code-review"/,
    });
    await assert.rejects(library().render('qqqqqq', {}), { code: 'not-found', hint: /List the templates/ });
  });

  it('keeps the built-in prompt below the version of the user', async () => {
    const mine = library();
    assert.equal(await mine.change('refactor', { category: 'Daily' }, NOTE), 1);
    const changed = await mine.get('refactor');
    assert.deepEqual([changed.category, changed.builtIn, changed.version], ['Daily', false, 1]);
    assert.deepEqual(
      (await mine.versions('refactor')).map(({ version, author }) => [version, author]),
      [
        [1, 'me'],
        [0, 'Ensemble'],
      ],
    );
    await mine.delete('refactor');
    assert.equal((await mine.get('refactor')).builtIn, true);
    await assert.rejects(mine.delete('refactor'), { code: 'invalid-input', message: /built-in/ });
    assert.equal(await mine.restore('refactor', null, NOTE), 2);
    assert.equal((await mine.get('refactor')).category, 'Daily');
    assert.equal(await mine.restore('refactor', 0, NOTE), 3);
    assert.equal((await mine.get('refactor')).category, 'Change');
    await assert.rejects(mine.version('refactor', 9), { code: 'not-found' });
  });

  it('lists all without texts, favourites marked, also of built-in prompts', async () => {
    const mine = library();
    await mine.save(own('ant', 'a'), NOTE);
    for (const name of ['ant', 'bug-fix']) await mine.setFavourite(name, true);
    const index = await mine.index();
    assert.deepEqual(
      index.filter(({ favourite }) => favourite).map(({ name }) => name),
      ['bug-fix', 'ant'],
    );
    assert.ok(index.every((prompt) => !('template' in prompt)));
    assert.equal((await mine.get('bug-fix')).favourite, true);
    await assert.rejects(mine.setFavourite('none', true), { code: 'not-found' });
  });

  it('searches the built-in prompts like the others, and the overridden only once', async () => {
    const mine = library();
    await mine.save(own('audit-log', 'weakness'), NOTE);
    const found = async (search: string) => (await mine.search(search, 10)).map(({ prompt }) => prompt.name);
    assert.deepEqual(await found('weak'), ['security-audit', 'audit-log']);
    await mine.change('security-audit', { description: 'weak' }, NOTE);
    assert.deepEqual(await found('weak'), ['audit-log', 'security-audit']);
    assert.deepEqual(await found('  '), []);
    assert.equal((await mine.search('code', 3)).length, 3);
  });

  it('fills in declared defaults and refuses values that are none of the choices', async () => {
    const mine = library();
    const parameters = [{ name: 'tone', description: '', default: 'calm', choices: ['calm', 'brisk'] }];
    await mine.save({ ...own('letter', '{{tone}}: {{text}}'), parameters }, NOTE);
    assert.equal(await mine.render('letter', { text: 'hi' }), 'calm: hi');
    assert.equal(await mine.render('letter', { text: 'hi', tone: 'brisk' }), 'brisk: hi');
    await assert.rejects(mine.render('letter', { text: 'hi', tone: 'rude' }), { code: 'invalid-input', hint: /brisk/ });
  });

  it('refuses names that are empty, too long or taken, and templates that cannot be used', async () => {
    const mine = library();
    for (const name of ['', '  ', 'x'.repeat(101), 'a\nb'])
      await assert.rejects(mine.save(own(name, 'a'), NOTE), { code: 'invalid-input' }, name);
    await assert.rejects(mine.save(own('x', '{{#if a}}'), NOTE), { code: 'invalid-input' });
    await assert.rejects(mine.create(own('refactor', 'a'), NOTE), { code: 'invalid-input', message: /already/ });
    await mine.create(own(' ant ', 'a'), NOTE);
    await assert.rejects(mine.rename('ant', 'bug-fix'), { code: 'invalid-input', message: /already/ });
    await assert.rejects(mine.rename('bug-fix', 'bee'), { code: 'invalid-input', message: /built-in/ });
    await mine.rename('ant', 'bee');
    assert.equal((await mine.get('bee')).template, 'a');
    assert.deepEqual((await mine.list()).length, 9);
  });

  it('takes values as their types say', async () => {
    const subject = library();
    const of = (name: string, type: VariableType) => ({ name, type, description: '', default: null, choices: [] });
    const parameters = [of('n', 'number'), of('deep', 'boolean')];
    const template = '{{n}} {{#if deep}}deep{{else}}flat{{/if}}';
    await subject.save({ ...own('typed', template), parameters }, NOTE);
    assert.equal(await subject.render('typed', { n: '0.5', deep: 'no' }), '0.5 flat');
    assert.equal(await subject.render('typed', { n: 3, deep: 'Yes' }), '3 deep');
    assert.equal(await subject.render('typed', { n: 3 }), '3 flat');
    await assert.rejects(subject.render('typed', { n: 'many' }), { message: 'The variable "n" cannot be "many".' });
    await assert.rejects(subject.render('typed', { n: 1, deep: 'perhaps' }), { hint: 'It is true or false.' });
  });

  it('puts prompts into each other, and names what is missing or never ends', async () => {
    const subject = library();
    const you = { name: 'you', description: 'Whom', default: 'all', choices: [] };
    await subject.save({ ...own('greet', 'Hi {{you}}'), parameters: [you] }, NOTE);
    await subject.save(own('letter', '{{> greet}}: {{text}} {{> gone}}'), NOTE);
    await assert.rejects(subject.render('letter', { text: 'x' }), { code: 'invalid-input', message: /"gone"/ });
    await subject.save(own('gone', 'bye'), NOTE);
    assert.equal(await subject.render('letter', { text: 'x' }), 'Hi all: x bye');
    assert.deepEqual(
      (await subject.variables('letter')).map(({ name, description, required }) => [name, description, required]),
      [
        ['you', 'Whom', true],
        ['text', '', true],
      ],
    );
    await subject.save(own('gone', '{{> letter}}'), NOTE);
    await assert.rejects(subject.render('letter', { text: 'x' }), { code: 'invalid-input', message: /without end/ });
    await assert.rejects(subject.render('gone', { text: 'x' }), { code: 'invalid-input', message: /without end/ });
    const { problems } = await subject.putIn('{{> new}} {{> bug-fix}}', 'new');
    assert.deepEqual(
      problems.map(({ name }) => name),
      ['new'],
    );
  });
});
