import assert from 'node:assert/strict';
import { decide, type PolicyInput } from '../../../../src/core/policy/decide.ts';
import type { IgnoreFileName } from '../../../../src/core/policy/ignore-rules.ts';

function input(change: Partial<PolicyInput> & { path?: string; ignoredBy?: IgnoreFileName } = {}): PolicyInput {
  const { path = 'src/a.ts', ignoredBy = null, ...rest } = change;
  return {
    trusted: true,
    policy: { sendFromUntrusted: false },
    call: { kind: 'send-file', path, ignoredBy },
    realPath: path,
    ...rest,
  };
}

describe('decide', () => {
  it('allows an ordinary file of a trusted workspace', () => {
    assert.equal(decide(input()).decision, 'allow');
  });

  it('denies everything in an untrusted workspace, unless the surface may send from it', () => {
    assert.equal(decide(input({ trusted: false })).decision, 'deny');
    assert.equal(decide(input({ trusted: false, policy: { sendFromUntrusted: true } })).decision, 'allow');
  });

  it('denies secret-like files by their name and by where a link leads', () => {
    assert.deepEqual(decide(input({ path: '.env' })), {
      decision: 'deny',
      reason: 'it may hold secrets by its name; such files are never read',
    });
    assert.equal(decide(input({ path: 'notes.txt', realPath: 'config/.env' })).decision, 'deny');
  });

  it('denies what lies outside of the root or is ignored, also when the surface may send', () => {
    const policy = { sendFromUntrusted: true };
    assert.equal(decide(input({ trusted: false, policy, realPath: null })).decision, 'deny');
    assert.equal(decide(input({ trusted: false, policy, ignoredBy: '.gitignore' })).decision, 'deny');
    assert.equal(decide(input({ trusted: false, policy, path: 'id_rsa' })).decision, 'deny');
  });
});
