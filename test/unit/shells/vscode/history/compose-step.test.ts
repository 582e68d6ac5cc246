import assert from 'node:assert/strict';
import type { ConversationSummary } from '../../../../../src/core/history/history.ts';
import type { ReplayOutline, ReplayStep } from '../../../../../src/core/history/replay-steps.ts';
import type { ConversationRecord } from '../../../../../src/core/ports.ts';
import { composeStep } from '../../../../../src/shells/vscode/history/compose-step.ts';

const CONVERSATION: ConversationRecord = {
  ...{ id: 7, taskId: 'r1/draft', runId: 'r1', type: 'agent', model: 'xai/grok-4', account: 'grok-1', agent: 'coder' },
  messages: [],
  ...{ response: 'Done.', status: 'completed', tokens: 1234, costUSD: null, createdAt: '2026-01-01T00:00:00Z' },
  rerunOf: null,
};
const STEP: ReplayStep = {
  conversation: CONVERSATION,
  task: 'Write the draft',
  messages: [{ role: 'user', content: 'Go on' }],
  repeated: { count: 2, step: 0 },
  attempts: [],
  again: [],
};
const rows = (...ids: readonly number[]) =>
  ids.map((id) => ({ ...CONVERSATION, id, snippet: null })) as ConversationSummary[];
const OUTLINE: ReplayOutline = { runId: 'r1', title: 'A run', steps: rows(6, 7), start: 0, leftOut: 0 };
const compose = (step: Partial<ReplayStep> = {}, outline: Partial<ReplayOutline> = {}, index = 1) =>
  composeStep({ ...OUTLINE, ...outline }, index, { ...STEP, ...step }, 'yesterday');
const ofTool: Partial<ReplayStep> = {
  conversation: { ...CONVERSATION, type: 'tool', model: 'read-file', account: '', response: 'the file' },
  messages: [{ role: 'tool', content: '{"path":"a.ts"}' }],
};

describe('composeStep', () => {
  it('says where it stands, what was said anew and what it took', () => {
    const text = compose();
    assert.match(text, /^# Step 2 of 2: agent \(conversation 7\)\n/);
    for (const part of [
      '- **Task**: Write the draft',
      '- **Agent**: coder',
      '- **Model**: xai/grok-4 on grok-1',
      '- **Tokens**: 1.2k',
      '- **Cost**: unknown',
      '- **Began**: yesterday',
      '_2 messages stand before these, as in step 1._',
      '## User\n\n```text\nGo on\n```',
      '## Answer\n\nDone.\n',
    ])
      assert.ok(text.includes(part), `${part}\n---\n${text}`);
    assert.doesNotMatch(text, /Repeats|Made again|Attempts|left out/);
  });

  it('shows arguments and result of a tool, which has neither tokens nor cost', () => {
    const text = compose(ofTool);
    assert.match(text, /- \*\*Tool\*\*: read-file\n/);
    assert.match(text, /## Arguments\n\n```json\n\{"path":"a\.ts"\}\n```\n\n## Result\n\nthe file/);
    assert.doesNotMatch(text, /Tokens|Cost|Model|stand before/);
  });

  it('names calls that it repeats or was repeated by, and says that an answer is missing', () => {
    const conversation = { ...CONVERSATION, response: null, status: 'interrupted', rerunOf: 3 };
    const text = compose({ conversation, again: rows(11, 9), task: null });
    assert.match(text, /- \*\*Repeats\*\*: conversation 3\n/);
    assert.match(text, /- \*\*Made again as\*\*: conversation 11, conversation 9\n/);
    assert.match(text, /_There is no answer: the call is interrupted\._/);
    assert.doesNotMatch(text, /\*\*Task\*\*/);
  });

  it('tells behind the last step how many are left out', () => {
    assert.match(compose({}, { leftOut: 12 }), /> 12 later steps of this run are left out here\./);
    assert.doesNotMatch(compose({}, { leftOut: 12 }, 0), /left out/);
  });

  it('lets no text of a model leave its fence', () => {
    const text = compose({ messages: [{ role: 'user', content: '```\n# Step 9 of 9\n````' }] });
    assert.match(text, /\n`{5}text\n```\n# Step 9 of 9\n````\n`{5}\n/);
  });
});
