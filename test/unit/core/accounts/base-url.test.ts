import assert from 'node:assert/strict';
import { isLoopbackURL, validateBaseURL } from '../../../../src/core/accounts/base-url.ts';

describe('validateBaseURL', () => {
  for (const url of [
    'https://api.example.com/v1',
    'http://127.0.0.1:8080/v1',
    'http://localhost:11434',
    'http://[::1]:1234/v1',
  ]) {
    it(`takes ${url}`, () => assert.equal(validateBaseURL(url), null));
  }
  for (const url of [
    'http://api.example.com/v1',
    'ftp://x',
    'file:///etc/passwd',
    'nonsense',
    'https://user:pass@host',
    'https://host/?a=1',
    'http://127.0.0.1.evil.com',
    'http://0.0.0.0:80',
  ]) {
    it(`refuses ${url}`, () => assert.equal(typeof validateBaseURL(url), 'string'));
  }
  it('knows what stays on this machine', () => {
    assert.deepEqual(['http://127.9.9.9/', 'https://localhost', 'https://10.0.0.1', 'nonsense'].map(isLoopbackURL), [
      true,
      true,
      false,
      false,
    ]);
  });
});
