/** A scripted team whose plan is nested: it uses tools, writes to one another, hands a task over and has tests run. */

/** A project with three test files; each run of one leaves a line in `effects.log`. */
export const WORKING_FILES = {
  'package.json': '{ "type": "module" }\n',
  'sum.js': 'export const sum = (a, b) => a + b;\n',
  'sum.test.js': testOf('sum'),
  'edge.test.js': testOf('edge'),
  'zero.test.js': testOf('zero'),
};

function testOf(name) {
  return [
    "import assert from 'node:assert/strict';",
    "import { appendFileSync } from 'node:fs';",
    "import { test } from 'node:test';",
    "import { sum } from './sum.js';",
    `test('${name}', () => {`,
    `  appendFileSync('effects.log', '${name}\\n');`,
    '  assert.equal(sum(1, 2), 3);',
    '});',
    '',
  ].join('\n');
}

const part = (id, title, description, role, more = {}) => ({
  ...{ id, title, description, role },
  ...{ complexity: 'medium', dependencies: [], ...more },
});

const PLAN = [
  part('survey', 'Survey the code', 'Do MARK-SURVEY.', 'researcher'),
  part('check', 'Check the sums', 'Do MARK-CHECK.', 'tester', { dependencies: ['survey'] }),
  part('edges', 'Look at the edges', 'Do MARK-EDGES.', 'generalist', { split: true }),
];

const EDGES_PLAN = [
  part('collect', 'Collect the edge cases', 'Do MARK-COLLECT.', 'generalist'),
  part('try', 'Try the edge cases', 'Do MARK-TRY.', 'tester'),
];

const say = (text) => ({ type: 'answer', text });
let calls = 0;
const use = (name, input) => ({
  type: 'answer',
  text: 'I look.',
  toolCalls: [{ id: `call_${++calls}`, name, arguments: input }],
});

/**
 * What the model says to a request. `surveyed`: awaited before the survey answers, so that a test decides in which order the
 * questions come. Throws where it has no script.
 */
export function workingTeam(surveyed) {
  return async ({ body, rawBody }) => {
    if (rawBody.includes('Your job is to plan.')) return say(JSON.stringify({ subtasks: planFor(rawBody) }));
    if (rawBody.includes('Your job is to merge.')) return say(mergeOf(rawBody));
    const mark = /Do MARK-(COLLECT|TRY|CHECK|SURVEY)\./.exec(rawBody)?.[1];
    const results = body.messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content));
    switch (mark) {
      case 'SURVEY':
        if (results.length === 0) return use('list-files', {});
        if (results.length === 1) return use('read-file', { path: 'sum.js' });
        await surveyed;
        return say('<AGENT_MESSAGE to="check">Sums are made in sum.js alone.</AGENT_MESSAGE>\nOne module makes sums.');
      case 'CHECK':
        if (results.length === 0) return use('run-tests', { path: 'sum.test.js' });
        if (!rawBody.includes('Sums are made in sum.js alone.')) throw new Error('the message was not delivered');
        return say(/The tests pass/.test(results[0]) ? 'The sums hold.' : 'The sums were not checked.');
      case 'COLLECT':
        if (rawBody.includes('Handed over by generalist')) return say('Zero and negative numbers.');
        return use('handoff', {
          target: 'researcher',
          description: 'Collect them from the code.',
          context: 'No list.',
        });
      case 'TRY':
        if (results.length === 0) return use('run-tests', { path: 'edge.test.js' });
        if (results.length === 1) return use('run-tests', { path: 'zero.test.js' });
        return say(results.every(isRefused) ? 'The edges were not tried: refused.' : 'The edges hold.');
      default:
        throw new Error(`nothing is scripted for ${rawBody.slice(0, 400)}`);
    }
  };
}

const isRefused = (result) => result.includes('did not allow it');

function planFor(rawBody) {
  return rawBody.includes('MARK-EDGES') ? EDGES_PLAN : PLAN;
}

/** Whoever merges repeats what the parts said, so that the result shows what became of each. */
function mergeOf(rawBody) {
  const known = [
    'The sums hold.',
    'The sums were not checked.',
    'The edges hold.',
    'The edges were not tried: refused.',
  ];
  return known.filter((sentence) => rawBody.includes(sentence)).join(' ') || 'Nothing to merge.';
}
