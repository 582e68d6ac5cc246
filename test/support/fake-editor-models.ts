import type * as code from 'vscode';
import type { EditorApi } from '../../src/shells/vscode/providers/vscode-lm/editor-api.ts';

/** What a fake model does with a request. */
export type ModelScript = (
  request: SeenChat,
  token: code.CancellationToken,
) => AsyncIterable<unknown> | Iterable<unknown>;

/** A request as the model saw it. */
export interface SeenChat {
  readonly model: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly unknown[] }[];
  readonly options: code.LanguageModelChatRequestOptions;
}

class TextPart {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

class ToolCallPart {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
  constructor(callId: string, name: string, input: object) {
    this.callId = callId;
    this.name = name;
    this.input = input;
  }
}

class ToolResultPart {
  readonly callId: string;
  readonly content: readonly unknown[];
  constructor(callId: string, content: readonly unknown[]) {
    this.callId = callId;
    this.content = content;
  }
}

class ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly unknown[];
  private constructor(role: 'user' | 'assistant', content: string | readonly unknown[]) {
    this.role = role;
    this.content = typeof content === 'string' ? [new TextPart(content)] : content;
  }
  static User = (content: string | readonly unknown[]) => new ChatMessage('user', content);
  static Assistant = (content: string | readonly unknown[]) => new ChatMessage('assistant', content);
}

class ModelError extends Error {
  readonly code: string;
  constructor(code: string, message = '') {
    super(message);
    this.code = code;
  }
  static NoPermissions = (message?: string) => new ModelError('NoPermissions', message);
  static Blocked = (message?: string) => new ModelError('Blocked', message);
  static NotFound = (message?: string) => new ModelError('NotFound', message);
}

class TokenSource {
  readonly #listeners = new Set<() => void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      // As the editor does: whoever comes too late hears of it at once.
      if (this.token.isCancellationRequested) listener();
      else this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    },
  };
  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    for (const listener of this.#listeners) listener();
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

/** The part of the editor that brings language models: models by `vendor/id`, which do as the script says. */
export class FakeEditorModels {
  readonly requests: SeenChat[] = [];
  /** Requests whose token was cancelled. */
  cancelled = 0;
  models: string[];
  /** What the person has answered: true, false, or not yet asked. */
  access: boolean | undefined = true;
  /** False: counting tokens fails. */
  counts = true;
  readonly #script: ModelScript;

  constructor(models: readonly string[], script: ModelScript) {
    this.models = [...models];
    this.#script = script;
  }

  readonly text = (value: string) => new TextPart(value);
  readonly toolCall = (id: string, name: string, input: object) => new ToolCallPart(id, name, input);
  readonly errors = ModelError;

  get api(): EditorApi {
    const t = (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, at) => String(values[Number(at)]));
    return {
      lm: { selectChatModels: async (selector?: code.LanguageModelChatSelector) => this.#select(selector) },
      l10n: { t },
      CancellationTokenSource: TokenSource,
      LanguageModelChatMessage: ChatMessage,
      LanguageModelError: ModelError,
      LanguageModelTextPart: TextPart,
      LanguageModelToolCallPart: ToolCallPart,
      LanguageModelToolResultPart: ToolResultPart,
    } as unknown as EditorApi;
  }

  #select({ vendor, id }: code.LanguageModelChatSelector = {}): object[] {
    const fitting = this.models.filter((name) => {
      const [itsVendor, itsId] = name.split('/');
      return (vendor ?? itsVendor) === itsVendor && (id ?? itsId) === itsId;
    });
    return fitting.map((name) => this.#model(name));
  }

  #model(name: string): object {
    const [vendor, id] = name.split('/');
    return {
      vendor,
      id,
      sendRequest: async (
        messages: SeenChat['messages'],
        options: SeenChat['options'],
        token: code.CancellationToken,
      ) => {
        token.onCancellationRequested(() => this.cancelled++);
        const request = { model: name, messages, options };
        this.requests.push(request);
        const parts = this.#script(request, token);
        return { stream: parts };
      },
      countTokens: async (of: string | { readonly content: readonly { readonly value?: string }[] }) => {
        if (!this.counts) throw new Error('no tokenizer');
        const text = typeof of === 'string' ? of : of.content.map(({ value = '' }) => value).join('');
        return Math.ceil(text.length / 5);
      },
    };
  }
}
