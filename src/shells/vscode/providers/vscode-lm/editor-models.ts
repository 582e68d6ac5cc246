import type * as code from 'vscode';
import { EnsembleError } from '../../../../core/errors.ts';
import type { FailureCause, ProviderCall, ProviderFailure, StreamPart, TokenUsage } from '../../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../../core/ports.ts';
import { withSchemaInstructions } from '../../../../core/schema-instructions.ts';
import { chatMessages, chatTools } from './chat-messages.ts';
import type { EditorApi, ModelAccess } from './editor-api.ts';

/** The model of an account that leaves the choice to the editor. */
export const ANY_MODEL = 'auto';
/** The editor takes no limit of the output, so the answer is ended where no tokenizer would have less than the limit. */
const MOST_CHARACTERS_PER_TOKEN = 8;

/** The id of one of the editor's models in Ensemble's settings: `<vendor>/<id>`. */
export function modelIdOf({ vendor, id }: Pick<code.LanguageModelChat, 'vendor' | 'id'>): string {
  return `${vendor}/${id}`;
}

/**
 * A provider over the models that other extensions bring into this editor (GitHub Copilot and others). The editor asks the
 * person for leave before the first request, which is why calls come from what a person has started; where the leave was
 * refused, nothing is sent and nobody is asked again. There are no keys, no system role, no finish reasons and no usage, which
 * is counted with the model's own tokenizer. Models are looked up for every call, as extensions come and go.
 */
export function createEditorModels(vscode: EditorApi, access: ModelAccess): ModelProvider {
  return {
    capabilities: CAPABILITIES,
    stream: (call, signal) => stream({ vscode, access }, call, signal),
    listModels: () => listModels(vscode),
  };
}

/** The editor, and what it lets us do. */
interface Editor {
  readonly vscode: EditorApi;
  readonly access: ModelAccess;
}

const CAPABILITIES: ProviderCapabilities = {
  reportsFinish: false,
  reportsUsage: false,
  systemRole: false,
  structuredOutput: false,
  tools: true,
  // The person may have to answer the editor's question first.
  firstSignMs: 300_000,
  needsUserGesture: true,
  inProcess: false,
  isLanguageModel: true,
};

async function listModels(vscode: EditorApi): Promise<readonly string[]> {
  const models = await vscode.lm.selectChatModels();
  if (models.length > 0) return models.map(modelIdOf);
  throw new EnsembleError('provider-failed', vscode.l10n.t('The editor has no language models.'), {
    hint: vscode.l10n.t('Sign in to GitHub Copilot, or install another extension that brings models.'),
  });
}

async function* stream(editor: Editor, call: ProviderCall, signal: AbortSignal): AsyncGenerator<StreamPart> {
  signal.throwIfAborted();
  const source = new editor.vscode.CancellationTokenSource();
  const cancel = () => source.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  let shown = false;
  try {
    for await (const part of answerOf(editor, call, source.token)) {
      signal.throwIfAborted();
      shown ||= part.type === 'text';
      yield part;
    }
  } catch (error) {
    signal.throwIfAborted();
    yield { type: 'failure', failure: failureOf(editor.vscode, error, shown) };
  } finally {
    signal.removeEventListener('abort', cancel);
    source.cancel();
    source.dispose();
  }
}

async function* answerOf(
  { vscode, access }: Editor,
  call: ProviderCall,
  token: code.CancellationToken,
): AsyncGenerator<StreamPart> {
  const model = await modelFor(vscode, call.model);
  if (access.canSendRequest(model) === false) {
    throw vscode.LanguageModelError.NoPermissions(
      vscode.l10n.t('access was refused. Allow it with "Manage Language Model Access" in the menu of your account.'),
    );
  }
  const { responseSchema, tools = [] } = call;
  const messages = chatMessages(
    vscode,
    responseSchema === null ? call.messages : withSchemaInstructions(call.messages, responseSchema),
  );
  const options: code.LanguageModelChatRequestOptions = {
    justification: vscode.l10n.t("Ensemble's agents work with the models of the editor, because you added them."),
    ...(tools.length > 0 && { tools: chatTools(tools) }),
  };
  const response = await model.sendRequest(messages, options, token);
  let written = '';
  let toolCalls = 0;
  let ended = false;
  for await (const part of response.stream) {
    if (part instanceof vscode.LanguageModelTextPart) {
      written += part.value;
      yield { type: 'text', text: part.value };
    } else if (part instanceof vscode.LanguageModelToolCallPart) {
      toolCalls++;
      const text = JSON.stringify(part.input);
      written += text;
      yield { type: 'tool-call', call: { id: part.callId, name: part.name, arguments: text } };
    }
    ended = written.length > call.maxTokens * MOST_CHARACTERS_PER_TOKEN;
    if (ended) break;
  }
  yield { type: 'usage', usage: await countedUsage(model, messages, written, token) };
  const reason = ended ? 'length' : toolCalls > 0 ? 'tool-calls' : 'other';
  yield { type: 'finish', reason, model: modelIdOf(model) };
}

/** Throws the editor's own error where there is no such model. */
async function modelFor(vscode: EditorApi, name: string): Promise<code.LanguageModelChat> {
  const slash = name.indexOf('/');
  const selector = slash > 0 ? { vendor: name.slice(0, slash), id: name.slice(slash + 1) } : { id: name };
  const [model] = await vscode.lm.selectChatModels(name === ANY_MODEL ? undefined : selector);
  if (model) return model;
  throw vscode.LanguageModelError.NotFound(
    name === ANY_MODEL
      ? vscode.l10n.t('The editor has no language models.')
      : vscode.l10n.t('The editor has no model {0}.', name),
  );
}

async function countedUsage(
  model: code.LanguageModelChat,
  messages: readonly code.LanguageModelChatMessage[],
  written: string,
  token: code.CancellationToken,
): Promise<TokenUsage> {
  try {
    const counts = await Promise.all([written, ...messages].map((one) => model.countTokens(one, token)));
    const [output = Number.NaN, ...inputs] = counts;
    const input = inputs.reduce((sum, count) => sum + count, 0);
    return { input, output, cached: 0, reasoning: 0, estimated: true };
  } catch {
    // Counting is the model's own code, and an answer is worth more than its count: the pool estimates what is not a number.
    return { input: Number.NaN, output: Number.NaN, cached: 0, reasoning: 0, estimated: true };
  }
}

/** Names of errors by which Copilot tells of its limits; they come without a code. */
const NAMED: Readonly<Record<string, FailureCause>> = {
  ChatQuotaExceeded: 'daily-quota',
  ChatRateLimited: 'rate-limited',
};

/** By the editor's codes. A refused leave or a missing model concerns this call alone: the person may change it any time. */
const CODED: Readonly<Record<string, FailureCause>> = {
  NoPermissions: 'model-not-found',
  NotFound: 'model-not-found',
  Blocked: 'rate-limited',
};

function failureOf(vscode: EditorApi, error: unknown, shown: boolean): ProviderFailure {
  const {
    code = '',
    name,
    message,
  }: Error & { code?: string } = error instanceof Error ? error : new Error(`${error}`);
  const cause = CODED[code] ?? NAMED[name] ?? (shown ? 'cut-stream' : 'server-error');
  const said = message.slice(0, 500);
  return {
    cause,
    status: null,
    message:
      code === 'NoPermissions'
        ? vscode.l10n.t('The editor did not let Ensemble use this model: {0}', said)
        : vscode.l10n.t("The editor's model did not answer: {0}", said),
    retryAfterMs: null,
    possiblyBilled: shown || CODED[code] === undefined,
  };
}
