import { VENDORS } from '../../src/adapters/providers/catalogue.ts';
import type { ProviderId } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { account } from './pool-fixture.ts';
import { startAnthropicServer } from './scripted-anthropic-server.ts';
import { startOllamaServer } from './scripted-ollama-server.ts';
import { startGeminiServer, startOpenAiServer } from './scripted-openai-server.ts';
import type { Script, ScriptedServer } from './scripted-server.ts';

/** A kind of API: its server on loopback, and the vendor whose adapter speaks to it. */
export interface Shape {
  readonly vendor: ProviderId;
  start(script: Script): Promise<ScriptedServer>;
  /** Below the server's origin. */
  readonly path: string;
  /** How the vendor tells its limits, as a LimitedVendor does. */
  readonly headers: 'openai' | 'anthropic' | 'none';
}

/** The kinds of APIs that vendors have. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  OpenAI: { vendor: 'openai', start: startOpenAiServer, path: '/v1', headers: 'openai' },
  Anthropic: { vendor: 'anthropic', start: startAnthropicServer, path: '', headers: 'anthropic' },
  Gemini: { vendor: 'gemini', start: startGeminiServer, path: '/v1', headers: 'none' },
  Ollama: { vendor: 'ollama', start: startOllamaServer, path: '', headers: 'none' },
};

/** The vendor's own adapter, official SDK included, bound to an account of that name at the server. */
export function providerAt(shape: Shape, server: ScriptedServer, name: string, key = `sk-${name}-0123456789`) {
  const baseURL = `${server.origin}${shape.path}`;
  return VENDORS[shape.vendor].create({ account: account(name, { provider: shape.vendor, baseURL }), key });
}

/** The same provider, with an ear at its signs of life. */
export function withEar(provider: ModelProvider, heard: () => void): ModelProvider {
  return {
    capabilities: provider.capabilities,
    listModels: (signal) => provider.listModels(signal),
    stream: (call, signal, onAlive) =>
      provider.stream(call, signal, () => {
        heard();
        onAlive?.();
      }),
  };
}
