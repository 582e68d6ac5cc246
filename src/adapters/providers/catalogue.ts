import type { QuotaLimits } from '../../core/config.ts';
import { UNPACED } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { ProviderId, Tier } from '../../core/model.ts';
import type { ModelProvider } from '../../core/ports.ts';
import type { ProviderBinding } from './binding.ts';
import { groqLimits, openAiLimits, openRouterLimits } from './limit-headers.ts';
import type { OpenAiDialect } from './openai-compatible/dialect.ts';

/** What the product knows of a vendor. */
export interface Vendor {
  readonly id: ProviderId;
  readonly label: string;
  /** True: runs on this machine, costs nothing, nothing leaves. */
  readonly isLocal: boolean;
  readonly needsKey: boolean;
  /** Null: every account sets its own, or there is none. */
  readonly defaultBaseURL: string | null;
  /** Environment variables that hold a key, each also with `_2` to `_9`. */
  readonly environmentKeys: readonly string[];
  readonly baseURLVariable: string | null;
  readonly models: Readonly<Record<Tier, string>>;
  /** Limits to begin with; null: unpaced until answers teach one. */
  readonly startLimits: QuotaLimits | null;
  /** Reasoning tokens come on top of max tokens. */
  readonly reasoningOnTop: boolean;
  /** Bare model names that begin so belong to this vendor. */
  readonly modelPrefixes: readonly string[];
  /** Binds an account; loads the vendor's SDK on first use. */
  create(binding: ProviderBinding): Promise<ModelProvider>;
}

const NOTHING_SPECIAL = {
  isLocal: false,
  needsKey: true,
  baseURLVariable: null,
  environmentKeys: [],
  startLimits: null,
  reasoningOnTop: false,
  modelPrefixes: [],
} as const;

/** An endpoint of OpenAI's shape, with what is usual among those that copy it. */
function openAiShape(
  baseURL: string,
  differences: Partial<OpenAiDialect> = {},
): Pick<Vendor, 'defaultBaseURL' | 'create'> {
  const dialect: OpenAiDialect = {
    baseURL,
    maxTokensField: 'max_tokens',
    schema: 'native',
    usageRequest: 'stream_options',
    reasoningOnTop: false,
    cacheRouting: null,
    reasoningField: null,
    extraContent: false,
    readLimits: openAiLimits,
    keyCheckPath: null,
    ...differences,
  };
  return {
    defaultBaseURL: baseURL === '' ? null : baseURL,
    create: async (binding) =>
      (await import('./openai-compatible/openai-provider.ts')).createOpenAiProvider(binding, dialect),
  };
}

/**
 * All vendors. To add one with an OpenAI-shaped API, add an entry; the default models are those that the price data knew on
 * 2026-11-21. xAI's are the names of the product's first design, which are aliases: bills go by the model in the answer.
 */
export const VENDORS: Readonly<Record<ProviderId, Vendor>> = {
  xai: {
    ...NOTHING_SPECIAL,
    id: 'xai',
    label: 'xAI Grok',
    environmentKeys: ['GROK_API_KEY', 'XAI_API_KEY'],
    baseURLVariable: 'GROK_BASE_URL',
    models: { simple: 'grok-code-fast-1', medium: 'grok-3-fast', complex: 'grok-4' },
    startLimits: { ...UNPACED, requestsPerMinute: 60 },
    reasoningOnTop: true,
    modelPrefixes: ['grok-'],
    ...openAiShape('https://api.x.ai/v1', { reasoningOnTop: true, cacheRouting: 'x-grok-conv-id' }),
  },
  openai: {
    ...NOTHING_SPECIAL,
    id: 'openai',
    label: 'OpenAI',
    environmentKeys: ['OPENAI_API_KEY'],
    baseURLVariable: 'OPENAI_BASE_URL',
    models: { simple: 'gpt-5-nano', medium: 'gpt-5-mini', complex: 'gpt-5.2' },
    modelPrefixes: ['gpt-', 'o1', 'o3', 'o4'],
    ...openAiShape('https://api.openai.com/v1', {
      maxTokensField: 'max_completion_tokens',
      cacheRouting: 'prompt_cache_key',
    }),
  },
  anthropic: {
    ...NOTHING_SPECIAL,
    id: 'anthropic',
    label: 'Anthropic Claude',
    defaultBaseURL: 'https://api.anthropic.com',
    environmentKeys: ['ANTHROPIC_API_KEY'],
    baseURLVariable: 'ANTHROPIC_BASE_URL',
    models: { simple: 'claude-haiku-4-5', medium: 'claude-sonnet-4-6', complex: 'claude-opus-4-6' },
    modelPrefixes: ['claude-'],
    create: async (binding) => (await import('./anthropic/anthropic-provider.ts')).createAnthropicProvider(binding),
  },
  gemini: {
    ...NOTHING_SPECIAL,
    id: 'gemini',
    label: 'Google Gemini',
    environmentKeys: ['GEMINI_API_KEY'],
    baseURLVariable: 'GEMINI_BASE_URL',
    models: { simple: 'gemini-2.5-flash-lite', medium: 'gemini-2.5-flash', complex: 'gemini-2.5-pro' },
    modelPrefixes: ['gemini-'],
    ...openAiShape('https://generativelanguage.googleapis.com/v1beta/openai', { extraContent: true }),
  },
  openrouter: {
    ...NOTHING_SPECIAL,
    id: 'openrouter',
    label: 'OpenRouter',
    environmentKeys: ['OPENROUTER_API_KEY'],
    baseURLVariable: 'OPENROUTER_BASE_URL',
    models: { simple: 'openai/gpt-5-nano', medium: 'openai/gpt-5-mini', complex: 'openai/gpt-5' },
    ...openAiShape('https://openrouter.ai/api/v1', {
      // Models without it ignore a schema in silence, and everybody may list the models.
      schema: 'both',
      keyCheckPath: '/key',
      usageRequest: 'usage.include',
      reasoningField: 'reasoning_details',
      readLimits: openRouterLimits,
    }),
  },
  groq: {
    ...NOTHING_SPECIAL,
    id: 'groq',
    label: 'Groq',
    environmentKeys: ['GROQ_API_KEY'],
    baseURLVariable: 'GROQ_BASE_URL',
    models: { simple: 'llama-3.1-8b-instant', medium: 'openai/gpt-oss-20b', complex: 'openai/gpt-oss-120b' },
    // Groq takes a schema only for some models, and not on streams.
    ...openAiShape('https://api.groq.com/openai/v1', { schema: 'described', readLimits: groqLimits }),
  },
  ollama: {
    ...NOTHING_SPECIAL,
    id: 'ollama',
    label: 'Ollama',
    isLocal: true,
    needsKey: false,
    baseURLVariable: 'OLLAMA_HOST',
    models: { simple: 'llama3.2', medium: 'llama3.2', complex: 'llama3.2' },
    defaultBaseURL: 'http://127.0.0.1:11434',
    create: async (binding) => (await import('./ollama/ollama-provider.ts')).createOllamaProvider(binding),
  },
  'openai-compatible': {
    ...NOTHING_SPECIAL,
    id: 'openai-compatible',
    label: 'OpenAI-compatible server',
    needsKey: false,
    models: { simple: 'default', medium: 'default', complex: 'default' },
    ...openAiShape('', { schema: 'both', reasoningField: 'reasoning_content', extraContent: true }),
  },
  offline: {
    ...NOTHING_SPECIAL,
    id: 'offline',
    label: 'Offline reviewer (no LLM)',
    isLocal: true,
    needsKey: false,
    defaultBaseURL: null,
    models: { simple: 'rules', medium: 'rules', complex: 'rules' },
    create: async () => (await import('./offline/offline-provider.ts')).createOfflineProvider(),
  },
  'vscode-lm': {
    ...NOTHING_SPECIAL,
    id: 'vscode-lm',
    label: "The editor's own models",
    needsKey: false,
    defaultBaseURL: null,
    models: { simple: 'auto', medium: 'auto', complex: 'auto' },
    create: () =>
      Promise.reject(
        new EnsembleError('no-usable-account', "The editor's own models exist only inside of the editor.", {
          hint: 'Use an account with a key here.',
        }),
      ),
  },
};
