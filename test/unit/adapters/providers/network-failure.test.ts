import assert from 'node:assert/strict';
import { AnswerTooLarge } from '../../../../src/adapters/providers/guarded-fetch.ts';
import { networkFailure } from '../../../../src/adapters/providers/network-failure.ts';

function fetchFailed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`internal ${code}`), { code }) });
}

describe('networkFailure', () => {
  it('tells name, connection and certificate apart, none of them billed', () => {
    const words = new Set<string>();
    for (const code of [
      'ENOTFOUND',
      'ECONNREFUSED',
      'ENETUNREACH',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]) {
      const failure = networkFailure(fetchFailed(code), null, false);
      assert.deepEqual([failure.cause, failure.possiblyBilled], ['network', false]);
      words.add(failure.message);
    }
    assert.equal(words.size, 6);
  });

  it('takes a reset before the answer for possibly billed, and one within it for a cut', () => {
    const before = networkFailure(fetchFailed('ECONNRESET'), null, false);
    assert.deepEqual([before.cause, before.possiblyBilled], ['network', true]);
    for (const code of ['ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET']) {
      const within = networkFailure(fetchFailed(code), null, true);
      assert.deepEqual([within.cause, within.possiblyBilled], ['cut-stream', true]);
    }
  });

  it('finds what is behind an error of an SDK, but never loops', () => {
    const deep = new Error('Connection error.', { cause: fetchFailed('ENOTFOUND') });
    assert.match(networkFailure(deep, null, false).message, /host name/);
    const loop: Error & { cause?: unknown } = new Error('loop');
    loop.cause = loop;
    assert.equal(networkFailure(loop, null, false).cause, 'network');
    assert.equal(networkFailure(new Error('x', { cause: new AnswerTooLarge() }), null, true).cause, 'invalid-response');
  });

  it('says what a proxy wants, and that nothing was billed', () => {
    const refused = (status: number) => {
      const cause = Object.assign(new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`), {
        code: 'UND_ERR_ABORTED',
      });
      const cancelled = new Error('Request was cancelled.', { cause });
      return networkFailure(new TypeError('fetch failed', { cause: cancelled }), null, false);
    };
    assert.deepEqual([refused(407).cause, refused(407).possiblyBilled], ['network', false]);
    assert.match(refused(407).message, /^The proxy wants a user name and a password/);
    assert.match(refused(403).message, /^The proxy refused the connection to the endpoint \(403\)/);
  });

  it('does not repeat the key', () => {
    const failure = networkFailure(new Error('cannot send "Bearer sk-canary-1"'), 'sk-canary-1', false);
    assert.doesNotMatch(failure.message, /canary/);
  });
});
