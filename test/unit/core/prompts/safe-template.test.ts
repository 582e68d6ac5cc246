import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../../src/core/json.ts';
import { renderTemplate, variablesOf } from '../../../../src/core/prompts/safe-template.ts';

const refused = (template: string, values: Readonly<Record<string, Json>>, message: RegExp) =>
  assert.throws(() => renderTemplate(template, values), { name: 'EnsembleError', code: 'invalid-input', message });
const many = Array.from({ length: 1_000 }, (_, index) => String(index));

describe('renderTemplate', () => {
  it('fills in values without escaping them', () => {
    assert.equal(renderTemplate('{{a}} <b> {{c.d}}', { a: '<i> & "q"', c: { d: 1 } }), '<i> & "q" <b> 1');
  });

  it('does not render what looks like a template in a value', () => {
    assert.equal(renderTemplate('{{a}}', { a: '{{b}} {{#each c}}{{/each}}', b: 'x' }), '{{b}} {{#each c}}{{/each}}');
    fc.assert(fc.property(fc.string(), (value) => assert.equal(renderTemplate('[{{a}}]', { a: value }), `[${value}]`)));
  });

  it('names all missing variables at once', () => {
    refused(
      '{{a}} {{b.c}} {{#each d}}{{e}}{{../f}}{{/each}} {{@root.g}}',
      { a: 'x' },
      /Missing variables: b, d, f, g\./,
    );
    refused('{{a}}', { a: null }, /Missing variable: a\./);
    assert.equal(renderTemplate('[{{a}}]', { a: '' }), '[]');
  });

  it('takes what the template asks for itself as optional', () => {
    const template = '{{#if a}}with {{a}}{{else}}without{{/if}}{{#unless b}}!{{/unless}}';
    assert.deepEqual(variablesOf(template), { required: [], optional: ['a', 'b'], outputs: 1, partials: [] });
    assert.equal(renderTemplate(template, {}), 'without!');
    assert.equal(renderTemplate(template, { a: 'x', b: 'y' }), 'with x');
  });

  it('renders loops with their own names', () => {
    const values = { items: [{ name: 'x' }, { name: 'y' }], of: 'z' };
    assert.equal(renderTemplate('{{#each items}}{{name}}/{{../of}};{{/each}}', values), 'x/z;y/z;');
    assert.equal(renderTemplate('{{#items}}{{name}}{{/items}}{{#with of}}{{this}}{{/with}}', values), 'xyz');
  });

  it('renders the machinery of objects empty, also where the data has it', () => {
    const template =
      '[{{constructor}}{{__proto__}}{{a.constructor.name}}{{a.__proto__.x}}{{lookup a "constructor"}}{{#with a}}{{constructor}}{{/with}}]';
    const hostile = JSON.parse(
      '{"a": {"b": 1, "constructor": {"name": "x"}, "__proto__": {"x": 1}}, "__proto__": {"y": 1}}',
    ) as Record<string, Json>;
    assert.equal(renderTemplate(template, { a: { b: 1 } }), '[]');
    assert.equal(renderTemplate(template, hostile), '[]');
  });

  it('takes inherited names for missing', () => {
    refused('{{toString}} {{hasOwnProperty}}', {}, /toString, hasOwnProperty/);
  });

  it('stops nested loops of a billion rounds', () => {
    refused('{{#each a}}{{#each ../a}}{{#each ../../a}}x{{/each}}{{/each}}{{/each}}', { a: many }, /too large/);
    refused('{{#each a}}{{#each ../a}}{{#each ../../a}}{{/each}}{{/each}}{{/each}}', { a: many }, /too large/);
  });

  it('stops output that grows without loops', () => {
    refused('{{a}}'.repeat(1_000), { a: 'x'.repeat(1_000_000) }, /too large/);
  });

  it('refuses computed partials, decorators, unknown helpers and ready-made syntax trees', () => {
    refused('{{> a}}', {}, /no prompt named "a"/);
    refused('{{> constructor}}{{> __proto__}}', {}, /no prompt named "constructor"/);
    refused('{{> (lookup . "a")}}', {}, /a name alone/);
    refused('{{> a b}}', {}, /a name alone/);
    refused('{{> a b=1}}', {}, /a name alone/);
    refused('{{#> a}}x{{/a}}', {}, /Blocks of partials/);
    refused('{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}', {}, /Blocks of partials/);
    refused('{{run a}}', { a: 1, run: 'x' }, /unknown helper run/);
    refused('{{log a}}', { a: 1, log: 'x' }, /unknown helper log/);
    assert.throws(() => renderTemplate({ type: 'Program', body: [] } as unknown as string, {}), {
      code: 'invalid-input',
    });
  });

  it('puts other templates in, with their variables', () => {
    const partials = new Map([
      ['greet', 'Dear {{name}}{{#if title}} ({{title}}){{/if}},'],
      ['my/sign-off', '{{> greet}} bye {{me}}'],
      ['item', '{{this}};'],
    ]);
    const template = '{{> greet}} {{text}} {{> "my/sign-off"}}';
    assert.deepEqual(variablesOf(template, partials), {
      ...{ required: ['name', 'text', 'me'], optional: ['title'], outputs: 6 },
      partials: ['greet', 'my/sign-off'],
    });
    assert.deepEqual(variablesOf(template).required, ['text']);
    const values = { name: '{{evil}}', text: 'x', me: 'I' };
    assert.equal(renderTemplate(template, values, partials), 'Dear {{evil}}, x Dear {{evil}}, bye I');
    assert.equal(renderTemplate('{{#each of}}{{> item}}{{/each}}', { of: ['a', 'b'] }, partials), 'a;b;');
    assert.throws(() => renderTemplate(template, { text: 'x' }, partials), { message: 'Missing variables: name, me.' });
  });

  it('stops templates that put each other in without end, or a million times', () => {
    const loop = new Map([
      ['a', '{{> b}}'],
      ['b', '{{> a}}'],
    ]);
    assert.throws(() => renderTemplate('{{> a}}', {}, loop), {
      code: 'invalid-input',
      message: /without end: a > b > a/,
    });
    const bomb = new Map(Array.from({ length: 19 }, (_, index) => [`p${index}`, `{{> p${index + 1}}}`.repeat(10)]));
    bomb.set('p19', 'x');
    assert.throws(() => renderTemplate('{{> p0}}', {}, bomb), { code: 'invalid-input', message: /Too many/ });
    const chain = new Map(Array.from({ length: 500 }, (_, index) => [`p${index}`, `{{> p${index + 1}}}`]));
    assert.throws(() => renderTemplate('{{> p0}}', {}, chain), { code: 'invalid-input', message: /Too many/ });
  });

  it('refuses broken, huge and bottomless templates without falling over', () => {
    refused('{{#if a}}', { a: 1 }, /cannot be used/);
    refused('x'.repeat(300_000), {}, /longer/);
    refused(`${'{{#if a}}'.repeat(4_000)}${'{{/if}}'.repeat(4_000)}`, { a: 1 }, /nested too deeply/);
    refused(`{{lookup ${'(lookup '.repeat(5_000)}`, {}, /cannot be used/);
    refused(`{{lookup ${'(lookup a '.repeat(5_000)}b${')'.repeat(5_000)}}}`, {}, /nested too deeply/);
    const shallow = `${'{{#if a}}x{{/if}}'.repeat(500)}`;
    assert.equal(renderTemplate(shallow, { a: 1 }).length, 500);
    let deep: Json = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    refused('{{a}}', { a: deep }, /nested too deeply/);
    // Deep recursion is slow where many processes share the machine.
  }).timeout(60_000);
});
