import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileNameOf, queryOfRun, runIdOfResult } from '../../../../../src/shells/vscode/results/result-path.ts';

const RUN = '01JABCDEFGHJKMNPQRSTVWXYZ0';

describe('result paths', () => {
  it('name the tab after the run', () => {
    assert.equal(fileNameOf('Review of src/cart.ts'), 'Review of src-cart.ts.md');
    assert.equal(fileNameOf('  '), 'Result.md');
    assert.equal(fileNameOf('a\nb\u0000c'), 'a-b-c.md');
    assert.ok(fileNameOf('x'.repeat(500)).length <= 63);
  });

  it('always lead back to their run, also those of earlier versions', () => {
    fc.assert(
      fc.property(fc.string(), (title) => {
        const name = fileNameOf(title);
        assert.equal(runIdOfResult({ path: `/Result/${name}`, query: queryOfRun(RUN) }), RUN);
        assert.equal(runIdOfResult({ path: `/Result/${name}`, query: `${queryOfRun(RUN)}&finding=a` }), RUN);
        assert.equal(runIdOfResult({ path: `/${RUN}/${name}`, query: '' }), RUN);
        assert.equal(runIdOfResult({ path: `/${RUN}/${name}`, query: 'finding=a' }), RUN);
      }),
    );
  });

  it('are refused where they name no run', () => {
    for (const path of [
      '/',
      `/${RUN}`,
      `/${RUN}/a/b.md`,
      '/../etc/passwd',
      '/short/a.md',
      `/${RUN.toLowerCase()}/a.md`,
    ])
      assert.equal(runIdOfResult({ path, query: '' }), null, path);
    for (const query of ['run=', 'run=short', `run=${RUN}0`, `run=${RUN.toLowerCase()}`])
      assert.equal(runIdOfResult({ path: `/${RUN}/a.md`, query }), null, query);
  });
});
