import assert from 'node:assert/strict';
import { createEnsemble } from '../../src/compose.ts';
import { DEFAULT_CONFIG, UNPACED } from '../../src/core/config.ts';
import type { ProviderId } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { createEditorModels } from '../../src/shells/vscode/providers/vscode-lm/editor-models.ts';
import { FakeEditorModels } from '../support/fake-editor-models.ts';
import { account } from '../support/pool-fixture.ts';
import { startAnthropicServer } from '../support/scripted-anthropic-server.ts';
import { startOllamaServer } from '../support/scripted-ollama-server.ts';
import { startGeminiServer, startOpenAiServer } from '../support/scripted-openai-server.ts';
import type { Script } from '../support/scripted-server.ts';
import { MemoryWorkspace } from './memory-workspace.ts';

const PLAN = {
  subtasks: [{ id: 'a', title: 'A', description: 'Do a', role: 'generalist', complexity: 'simple', dependencies: [] }],
};

/** How a request asks for the plan's schema; null: it does not. */
type Asked = 'natively' | 'in words' | 'both' | null;

/** A world with one account of a vendor; `say` gives the model's next text. */
interface World {
  readonly provider: ProviderId;
  readonly baseURL: string | null;
  /** What was asked, one per request. */
  asked(): readonly string[];
  readonly hostProvider?: () => Promise<ModelProvider>;
  close(): Promise<void>;
}

type Say = (request: string) => string;

const overSockets =
  (provider: ProviderId, start: (script: Script) => ReturnType<typeof startOpenAiServer>, path: string) =>
  async (say: Say): Promise<World> => {
    const server = await start(({ rawBody }) => ({ type: 'answer', text: say(rawBody) }));
    return {
      provider,
      baseURL: server.origin + path,
      asked: () => server.requests.map(({ rawBody }) => rawBody),
      close: () => server.close(),
    };
  };

const inTheEditor = async (say: Say): Promise<World> => {
  const editor: FakeEditorModels = new FakeEditorModels(['test/one'], ({ messages }) => [
    editor.text(say(JSON.stringify(messages))),
  ]);
  return {
    provider: 'vscode-lm',
    baseURL: null,
    asked: () => editor.requests.map(({ messages }) => JSON.stringify(messages)),
    hostProvider: async () => createEditorModels(editor.api, { canSendRequest: () => true }),
    close: async () => undefined,
  };
};

/** Every provider that is a language model, with its way to ask for a structured answer. */
const PROVIDERS: Readonly<Record<string, readonly [Asked, (say: Say) => Promise<World>]>> = {
  xai: ['natively', overSockets('xai', startOpenAiServer, '/v1')],
  openai: ['natively', overSockets('openai', startOpenAiServer, '/v1')],
  anthropic: ['natively', overSockets('anthropic', startAnthropicServer, '')],
  gemini: ['natively', overSockets('gemini', startGeminiServer, '/v1')],
  openrouter: ['both', overSockets('openrouter', startOpenAiServer, '/v1')],
  groq: ['in words', overSockets('groq', startOpenAiServer, '/v1')],
  ollama: ['natively', overSockets('ollama', startOllamaServer, '')],
  'openai-compatible': ['both', overSockets('openai-compatible', startOpenAiServer, '/v1')],
  'vscode-lm': ['in words', inTheEditor],
};

function askedHow(request: string): Asked {
  const natively = /"response_format"|"output_config"|"format":\{"type":"object"/.test(request);
  const inWords = /satisfies this JSON Schema/.test(request);
  return natively && inWords ? 'both' : natively ? 'natively' : inWords ? 'in words' : null;
}

for (const [name, [way, open]] of Object.entries(PROVIDERS)) {
  describe(`structured answers over ${name}`, () => {
    /** Runs a task whose plan the model says in this way; resolves with the run and what the model was asked. */
    async function plan(says: (plan: string, turn: number) => string) {
      let turn = 0;
      const at = await open((request) => (askedHow(request) === null ? 'Done.' : says(JSON.stringify(PLAN), ++turn)));
      const { provider, baseURL, hostProvider } = at;
      const ensemble = await createEnsemble({
        config: {
          ...DEFAULT_CONFIG,
          budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null },
          accounts: [account('one', { provider, baseURL })],
          quotaGroups: { one: UNPACED },
        },
        databaseFile: null,
        workspace: new MemoryWorkspace({}, { trusted: true }),
        secrets: { get: async () => 'key-0123456789', set: async () => {}, delete: async () => {} },
        approver: { ask: async () => true },
        ...(hostProvider && { hostProviders: { 'vscode-lm': hostProvider } }),
      });
      try {
        const result = await ensemble.run({
          ...{ kind: 'run', task: 'Write', context: null, strategy: 'adaptive', maxSubTasks: 3, saveDocument: false },
        });
        return { result, asked: at.asked() };
      } finally {
        await ensemble.close();
        await at.close();
      }
    }

    it(`ask for the schema ${way === 'both' ? 'natively and in words' : way}, and for none where text is wanted`, async () => {
      const { result, asked } = await plan((text) => text);
      assert.equal(result.status, 'completed');
      assert.equal(askedHow(asked[0] ?? ''), way);
      assert.match(asked[0] ?? '', /subtasks/);
      assert.deepEqual(asked.slice(1).map(askedHow), [null, null], 'sub-task and aggregate are free text');
    });

    for (const [what, say] of [
      ['in a code fence, with words around it', (text: string) => `Here it is:\n\n\`\`\`json\n${text}\n\`\`\`\nBye.`],
      ['with a byte order mark', (text: string) => `\uFEFF${text}`],
    ] as const) {
      it(`are found ${what}`, async () => {
        const { result, asked } = await plan(say);
        assert.deepEqual([result.status, asked.length], ['completed', 3]);
      });
    }

    for (const [what, broken, told] of [
      ['is cut', (text: string) => text.slice(0, 40), /no complete JSON/],
      ['lacks what is needed', () => '{"subtasks":[{"id":"a"}]}', /subtasks\.0\./],
      ['is no JSON', () => 'I would rather talk.', /no complete JSON/],
    ] as const) {
      it(`are repaired once where one ${what}, told what is wrong`, async () => {
        const { result, asked } = await plan((text, turn) => (turn === 1 ? broken(text) : text));
        assert.equal(result.status, 'completed');
        assert.equal(asked.length, 4);
        assert.match(asked[1] ?? '', /Your answer cannot be used/);
        assert.match(asked[1] ?? '', told);
        assert.equal(askedHow(asked[1] ?? ''), way, 'the repair is held to the schema, too');
      });
    }

    it('are not asked for without end', async () => {
      const { result, asked } = await plan(() => 'Never.');
      assert.notEqual(result.status, 'completed');
      assert.ok(asked.length >= 2 && asked.length <= 6, `asked ${asked.length} times`);
      assert.equal(result.tasks[0]?.error?.code, 'invalid-model-output');
    });
  });
}
