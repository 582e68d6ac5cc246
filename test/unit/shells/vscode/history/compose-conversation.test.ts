import assert from 'node:assert/strict';
import type { ConversationRecord } from '../../../../../src/core/ports.ts';
import { composeConversation } from '../../../../../src/shells/vscode/history/compose-conversation.ts';

const CONVERSATION: ConversationRecord = {
  ...{ id: 7, taskId: 'r1/security-1', runId: 'r1', type: 'review', model: 'xai/grok-4', account: 'grok-1' },
  messages: [
    { role: 'system', content: 'You review.' },
    { role: 'user', content: 'Look:\n```ts\neval(x)\n```' },
  ],
  ...{
    response: 'All\n\nfine.',
    status: 'completed',
    tokens: 1234,
    costUSD: 0.0123,
    createdAt: '2026-01-01T00:00:00Z',
    agent: 'security',
    rerunOf: null,
  },
};
const ATTEMPT = {
  ...{ account: 'grok-2', model: 'xai/grok-4', outcome: 'rate-limited' as const, costUSD: null, latencyMs: 900 },
  tokens: { input: 10, output: 0, cached: 0, reasoning: 0, estimated: true },
};
const compose = (changes: Partial<ConversationRecord> = {}, attempts = [ATTEMPT]) =>
  composeConversation({
    conversation: { ...CONVERSATION, ...changes },
    task: { agent: 'security-auditor', description: 'Review for security', attempts },
    runTitle: 'Review of\nsrc',
    began: 'yesterday',
  });

describe('composeConversation', () => {
  it('says all that is known of a call', () => {
    const text = compose();
    assert.match(text, /^# Conversation 7: Review for security\n/);
    for (const fact of [
      '- **Run**: Review of src',
      '- **Task**: Review for security (r1/security-1)',
      '- **Agent**: security-auditor',
      '- **Model**: xai/grok-4',
      '- **Account**: grok-1',
      '- **Tokens**: 1.2k',
      '- **Cost**: $0.012',
      '- **Began**: yesterday',
      '## System\n\n```text\nYou review.\n```',
      '## Answer\n\nAll\n\nfine.',
      '1. rate-limited on grok-2 with xai/grok-4, 900 ms, 10 tokens, unknown cost',
    ])
      assert.ok(text.includes(fact), fact);
  });

  it('fences texts so that no fence in them ends it', () => {
    assert.ok(compose().includes('## User\n\n````text\nLook:\n```ts\neval(x)\n```\n````'));
  });

  it('shows data so that it can be read, and says where there is no answer', () => {
    assert.ok(compose({ response: '{"findings":[]}' }).includes('```json\n{\n  "findings": []\n}\n```'));
    const open = compose({ response: null, status: 'failed', tokens: null, costUSD: null }, []);
    assert.ok(open.includes('_There is no answer: the call is failed._'));
    assert.ok(open.includes('- **Cost**: unknown'));
    assert.doesNotMatch(open, /Attempts/);
  });

  it('shows requests of any shape', () => {
    assert.match(compose({ messages: 'text' }), /## Request/);
    assert.match(
      compose({ messages: [{ role: 'tool', content: [{ type: 'text', text: 'x' }] }, {}] }),
      /## Tool[\s\S]*## Message/,
    );
  });
});
