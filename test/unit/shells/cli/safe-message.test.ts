import assert from 'node:assert/strict';
import { safeMessage } from '../../../../src/shells/cli/safe-message.ts';

describe('the message of a fault', () => {
  const env = {
    GROK_API_KEY: 'canary-first-01',
    OPENAI_API_KEY_2: 'canary/second=02',
    HOME: '/home/someone',
    KEY: 'a',
  };

  it('has no key of the environment, however it is written', () => {
    for (const key of [env.GROK_API_KEY, env.OPENAI_API_KEY_2]) {
      for (const form of [key, encodeURIComponent(key), Buffer.from(key).toString('hex')]) {
        const said = safeMessage(`Cannot read properties of ${form} (reading 'x')`, env);
        assert.equal(said, "Cannot read properties of [redacted secret] (reading 'x')");
      }
    }
  });

  it('has nothing that looks like a key of a vendor', () => {
    assert.doesNotMatch(safeMessage(`at ${'sk-'}ant-api03-${'a1B2'.repeat(20)}`, {}), /a1B2/);
  });

  it('keeps its words', () => {
    const message = 'A fault at /home/someone/file.ts: cannot happen';
    assert.equal(safeMessage(message, env), message);
  });
});
