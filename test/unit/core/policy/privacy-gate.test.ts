import assert from 'node:assert/strict';
import type { Message, ProviderCall } from '../../../../src/core/model.ts';
import { createPrivacyGate } from '../../../../src/core/policy/privacy-gate.ts';

const CALL: ProviderCall = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'key: the-canary-value, password = "hunter22!"' },
    { role: 'assistant', content: 'I saw the-canary-value' },
  ],
  maxTokens: 10,
  temperature: null,
  responseSchema: null,
  cacheKey: 'c',
};

describe('createPrivacyGate', () => {
  it('redacts known and recognised secrets in every message, and changes nothing else', () => {
    const gate = createPrivacyGate({ knownSecrets: () => ['the-canary-value'] });
    const { call, redactions } = gate.outbound(CALL);
    assert.deepEqual(
      call.messages.map(({ content }) => content),
      ['Be brief.', 'key: [redacted secret], password = "[redacted password]"', 'I saw [redacted secret]'],
    );
    assert.equal(redactions, 3);
    assert.deepEqual({ ...call, messages: [] }, { ...CALL, messages: [] });
  });

  it('redacts what tools are asked and what they give back', () => {
    const gate = createPrivacyGate({ knownSecrets: () => ['the-canary-value'] });
    const toolCalls = [{ id: '1', name: 'look', arguments: '{"for":"the-canary-value"}' }];
    const messages: Message[] = [
      { role: 'assistant', content: '', toolCalls },
      { role: 'tool', content: 'found the-canary-value', toolCallId: '1' },
    ];
    const { call, redactions } = gate.outbound({ ...CALL, messages });
    assert.deepEqual(call.messages, [
      { role: 'assistant', content: '', toolCalls: [{ ...toolCalls[0], arguments: '{"for":"[redacted secret]"}' }] },
      { role: 'tool', content: 'found [redacted secret]', toolCallId: '1' },
    ]);
    assert.equal(redactions, 2);
  });

  it('asks for the known secrets anew each time', () => {
    const secrets: string[] = [];
    const gate = createPrivacyGate({ knownSecrets: () => secrets });
    assert.equal(gate.outbound(CALL).redactions, 1);
    secrets.push('the-canary-value');
    assert.equal(gate.outbound(CALL).redactions, 3);
  });
});
