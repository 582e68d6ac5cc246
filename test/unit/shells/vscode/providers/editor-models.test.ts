import assert from 'node:assert/strict';
import type { Message, ProviderCall, StreamPart } from '../../../../../src/core/model.ts';
import { createEditorModels } from '../../../../../src/shells/vscode/providers/vscode-lm/editor-models.ts';
import { FakeEditorModels, type ModelScript } from '../../../../support/fake-editor-models.ts';
import { account, poolOf, request } from '../../../../support/pool-fixture.ts';

const CALL: ProviderCall = {
  model: 'copilot/large',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello there' },
  ],
  maxTokens: 10,
  temperature: null,
  responseSchema: null,
  cacheKey: 'k',
};

describe("the editor's own models", () => {
  const editorOf = (script: ModelScript = () => [], models = ['copilot/large', 'other/small']) => {
    const editor = new FakeEditorModels(models, script);
    const provider = createEditorModels(editor.api, { canSendRequest: () => editor.access });
    const send = async (call: Partial<ProviderCall> = {}, signal = new AbortController().signal) => {
      const parts: StreamPart[] = [];
      for await (const part of provider.stream({ ...CALL, ...call }, signal)) parts.push(part);
      return parts;
    };
    const failure = async (call: Partial<ProviderCall> = {}) => {
      const last = (await send(call)).at(-1);
      return last?.type === 'failure' ? last.failure : assert.fail(JSON.stringify(last));
    };
    return { editor, provider, send, failure };
  };

  it('stream text, with tokens counted by the model itself', async () => {
    const { editor, send } = editorOf(() => [editor.text('Hi '), editor.text('you.')]);
    assert.deepEqual(await send(), [
      { type: 'text', text: 'Hi ' },
      { type: 'text', text: 'you.' },
      { type: 'usage', usage: { input: 5, output: 2, cached: 0, reasoning: 0, estimated: true } },
      { type: 'finish', reason: 'other', model: 'copilot/large' },
    ]);
    // There is no role for instructions.
    const [seen] = editor.requests;
    assert.deepEqual(
      seen?.messages.map(({ role }) => role),
      ['user', 'user'],
    );
    assert.match(seen?.options.justification ?? '', /Ensemble/);
  });

  it('take tools, and what they gave back', async () => {
    const { editor, send } = editorOf(() => [editor.toolCall('c1', 'read_file', { path: 'a.ts' })]);
    const tools = [{ name: 'read_file', description: 'Reads.', parameters: { type: 'object' } }];
    const messages: Message[] = [
      ...CALL.messages,
      {
        role: 'assistant',
        content: 'I look.',
        toolCalls: [{ id: 'c0', name: 'read_file', arguments: '{"path":"b"}' }],
      },
      { role: 'tool', content: 'empty', toolCallId: 'c0' },
    ];
    const parts = await send({ tools, messages });
    assert.deepEqual(parts[0], {
      type: 'tool-call',
      call: { id: 'c1', name: 'read_file', arguments: '{"path":"a.ts"}' },
    });
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'tool-calls', model: 'copilot/large' });
    const [seen] = editor.requests;
    assert.deepEqual(JSON.parse(JSON.stringify(seen?.messages.slice(2))), [
      {
        role: 'assistant',
        content: [{ value: 'I look.' }, { callId: 'c0', name: 'read_file', input: { path: 'b' } }],
      },
      { role: 'user', content: [{ callId: 'c0', content: [{ value: 'empty' }] }] },
    ]);
    assert.deepEqual(seen?.options.tools?.[0]?.inputSchema, { type: 'object' });
  });

  it('are looked up for every call, as extensions come and go', async () => {
    const { editor, provider, send, failure } = editorOf(() => [editor.text('ok')]);
    editor.models = [];
    assert.equal((await failure()).cause, 'model-not-found');
    await assert.rejects(provider.listModels(new AbortController().signal), { code: 'provider-failed' });
    editor.models = ['copilot/large'];
    assert.equal((await send()).at(-1)?.type, 'finish');
    assert.deepEqual(await provider.listModels(new AbortController().signal), ['copilot/large']);
    await send({ model: 'auto' });
    assert.equal(editor.requests.length, 2);
  });

  it('are not asked where the person has refused it, and are where nobody was asked yet', async () => {
    const { editor, send, failure } = editorOf(() => [editor.text('ok')]);
    editor.access = false;
    const { cause, message, possiblyBilled } = await failure();
    assert.deepEqual([cause, possiblyBilled, editor.requests.length], ['model-not-found', false, 0]);
    assert.match(message, /did not let Ensemble use this model: .*Manage Language Model Access/);
    editor.access = undefined;
    assert.equal((await send()).at(-1)?.type, 'finish');
  });

  const named = (name: string) => Object.assign(new Error('You have used up your premium requests.'), { name });
  for (const [what, error, cause, billed] of [
    ['refuses leave', (editor: FakeEditorModels) => editor.errors.NoPermissions('no'), 'model-not-found', false],
    ['has gone', (editor: FakeEditorModels) => editor.errors.NotFound('gone'), 'model-not-found', false],
    ['is blocked', (editor: FakeEditorModels) => editor.errors.Blocked('blocked'), 'rate-limited', false],
    ['is out of its quota', () => named('ChatQuotaExceeded'), 'daily-quota', true],
    ['is rate limited', () => named('ChatRateLimited'), 'rate-limited', true],
    ['fails', () => new Error('boom'), 'server-error', true],
  ] as const) {
    it(`one that ${what} is ${cause}`, async () => {
      const { editor, failure } = editorOf(() => {
        throw error(editor);
      });
      const got = await failure();
      assert.deepEqual([got.cause, got.possiblyBilled], [cause, billed]);
      assert.match(got.message, /^The editor('s model)? did not/);
    });
  }

  it('that break off after text are cut, and never an answer', async () => {
    const { editor, send } = editorOf(function* () {
      yield editor.text('Half');
      throw new Error('Connection lost');
    });
    const last = (await send()).at(-1);
    assert.deepEqual(last?.type === 'failure' && [last.failure.cause, last.failure.possiblyBilled], [
      'cut-stream',
      true,
    ]);
  });

  it('that write without end are ended at the limit, and their request is cancelled', async () => {
    const { editor, send } = editorOf(async function* () {
      for (;;) yield editor.text('x'.repeat(30));
    });
    const parts = await send({ maxTokens: 10 });
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'length', model: 'copilot/large' });
    assert.equal(editor.cancelled, 1);
  });

  it('stop when the call is stopped', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { editor, send } = editorOf(async function* (_request, token) {
      yield editor.text('a');
      controller.abort(reason);
      await new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
    });
    await assert.rejects(send({}, controller.signal), (error) => error === reason);
    assert.equal(editor.cancelled, 1);
  });

  it('whose tokenizer fails leave counting to the pool', async () => {
    const { editor, provider } = editorOf(() => [editor.text('four words of text')]);
    editor.counts = false;
    const { pool } = poolOf({
      providers: {},
      accounts: [account('editor', { provider: 'vscode-lm' })],
      overrides: { providerFor: async () => provider },
    });
    const outcome = await pool.call(request({ model: 'vscode-lm/copilot/large' }));
    assert.equal(outcome.status, 'completed');
    assert.ok(outcome.attempts[0]?.tokens.estimated && outcome.attempts[0].tokens.output > 0);
  });

  it('hear what is wanted of a structured answer in words', async () => {
    const { editor, send } = editorOf(() => [editor.text('{}')]);
    const schema = { type: 'object', properties: { colour: { type: 'string' } } };
    await send({ responseSchema: { name: 'thing', schema } });
    assert.match(JSON.stringify(editor.requests[0]?.messages[0]), /Be brief\..*JSON Schema.*colour/);
  });
});
