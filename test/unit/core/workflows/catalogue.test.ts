import assert from 'node:assert/strict';
import { BUILT_IN_WORKFLOWS, requestOfWorkflow } from '../../../../src/core/workflows/catalogue.ts';

describe('requestOfWorkflow', () => {
  it('reviews the whole workspace by default', () => {
    assert.deepEqual(requestOfWorkflow('code-review', {}), {
      kind: 'review',
      depth: 'standard',
      target: { type: 'paths', paths: [''] },
    });
  });

  it('takes paths and depth, also as the seeds name them and as the command line writes them', () => {
    const wanted = { kind: 'review', depth: 'thorough', target: { type: 'paths', paths: ['a.ts', 'b'] } };
    assert.deepEqual(requestOfWorkflow('code-review', { paths: ['a.ts', 'b'], depth: 'thorough' }), wanted);
    assert.deepEqual(
      requestOfWorkflow('code-review', { changedFiles: ['a.ts', 'b'], reviewDepth: 'thorough' }),
      wanted,
    );
    assert.deepEqual(requestOfWorkflow('code-review', { paths: 'a.ts, b', depth: 'thorough' }), wanted);
  });

  it('reviews changes', () => {
    const review = { kind: 'review', depth: 'standard' };
    const targetOf = (params: Readonly<Record<string, string | null>>, target: object) =>
      assert.deepEqual(requestOfWorkflow('code-review', params), { ...review, target });
    targetOf({ diff: 'main' }, { type: 'diff', base: 'main' });
    targetOf({ base: '' }, { type: 'diff', base: null });
    targetOf({ diff: null }, { type: 'paths', paths: [''] });
  });

  it('takes a requirement to code', () => {
    const wanted = { kind: 'pipeline', requirement: 'Count words', paths: [], rounds: 1 };
    assert.deepEqual(requestOfWorkflow('sop', { requirement: 'Count words' }), wanted);
    const all = { task: 'Count words', files: 'a.ts,b.ts', rounds: '0' };
    assert.deepEqual(requestOfWorkflow('sop', all), { ...wanted, paths: ['a.ts', 'b.ts'], rounds: 0 });
    assert.throws(() => requestOfWorkflow('sop', {}), { code: 'invalid-input', message: /"requirement" is missing/ });
    assert.throws(() => requestOfWorkflow('sop', { requirement: 'x', rounds: '9' }), { code: 'invalid-input' });
  });

  it('names the workflow that was probably meant', () => {
    assert.throws(() => requestOfWorkflow('code-reveiw', {}), { code: 'not-found', hint: /"code-review"/ });
    assert.throws(() => requestOfWorkflow('fullstack', {}), { code: 'not-found', hint: /There are: code-review/ });
  });

  it('names the parameter that is wrong', () => {
    const refuse = (params: Parameters<typeof requestOfWorkflow>[1], message: RegExp, hint?: RegExp) =>
      assert.throws(() => requestOfWorkflow('code-review', params), {
        code: 'invalid-input',
        message,
        ...(hint ? { hint } : {}),
      });
    refuse({ pathes: ['a'] }, /no parameter "pathes"/, /"paths"/);
    refuse({ depth: 'thorogh' }, /"depth" cannot be "thorogh"/, /"thorough"/);
    refuse({ depth: 3 }, /"depth" has to be a text/);
    refuse({ paths: [1] }, /"paths" has to be a list of texts/);
    refuse({ paths: [] }, /"paths" has to be a list of texts/);
    refuse({ paths: ['a'], changedFiles: ['b'] }, /"paths" is given twice/);
    refuse({ paths: ['a'], diff: 'main' }, /exclude each other/);
    refuse({ __proto__x: 1 }, /no parameter/);
  });

  it('is listed with all that it takes', () => {
    for (const { id, name, description, tags, params, estimatedDurationSeconds } of BUILT_IN_WORKFLOWS) {
      assert.ok(id && name && description && tags.length > 0 && estimatedDurationSeconds > 0);
      assert.ok(params.every((param) => param.description !== ''));
    }
    assert.deepEqual(JSON.parse(JSON.stringify(BUILT_IN_WORKFLOWS)), BUILT_IN_WORKFLOWS);
  });
});
