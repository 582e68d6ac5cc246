import assert from 'node:assert/strict';
import { lazy } from '../../../../../src/shells/vscode/host/lazy.ts';

describe('lazy', () => {
  it('makes the value once, on first use', async () => {
    let made = 0;
    const value = lazy(async () => ++made);
    assert.equal(await value.started(), null);
    assert.equal(made, 0);
    assert.deepEqual(await Promise.all([value(), value()]), [1, 1]);
    assert.equal(await value.started(), 1);
    assert.equal(made, 1);
  });

  it('tries again after a failure', async () => {
    let tries = 0;
    const value = lazy(async () => {
      if (++tries === 1) throw new Error('locked');
      return tries;
    });
    await assert.rejects(value(), /locked/);
    assert.equal(await value.started(), null);
    assert.equal(await value(), 2);
  });
});
