import assert from 'node:assert/strict';
import type { PromptRecord } from '../../../../src/core/ports.ts';
import { PromptLibrary } from '../../../../src/core/prompts/library.ts';
import { BUILT_IN_PROMPTS } from '../../../../src/core/prompts/templates.ts';

const own = (name: string, template: string): PromptRecord => ({
  name,
  template,
  variables: [],
  description: 'Mine',
  builtIn: false,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const library = (...stored: readonly PromptRecord[]) => new PromptLibrary({ list: async () => stored });

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
    const mine = library(own('refactor', 'Mine: {{x}}'), own('zebra', 'z'), own('ant', 'a'));
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
});
