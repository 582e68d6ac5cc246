import * as vscode from 'vscode';
import type { ProviderChoice } from '../../../compose.ts';

/** What a provider is, in one line below its name. */
export function providerDetail({ id }: Pick<ProviderChoice, 'id'>): string {
  switch (id) {
    case 'xai':
      return vscode.l10n.t('Grok models. Key from console.x.ai');
    case 'openai':
      return vscode.l10n.t('GPT models. Key from platform.openai.com');
    case 'anthropic':
      return vscode.l10n.t('Claude models. Key from console.anthropic.com');
    case 'gemini':
      return vscode.l10n.t('Gemini models. Key from aistudio.google.com');
    case 'openrouter':
      return vscode.l10n.t('Models of many vendors with one key from openrouter.ai');
    case 'groq':
      return vscode.l10n.t('Open models, answered fast. Key from console.groq.com');
    case 'ollama':
      return vscode.l10n.t('Open models on this machine: free, without a key, nothing leaves it');
    case 'openai-compatible':
      return vscode.l10n.t('Any server with the API of OpenAI: vLLM, LM Studio, llama.cpp, a gateway of your company');
    default:
      return '';
  }
}

/** What stands behind a provider's name. */
export function providerPlace({ isLocal, defaultBaseURL }: ProviderChoice): string {
  if (isLocal) return vscode.l10n.t('on this machine');
  return defaultBaseURL === null ? vscode.l10n.t('your own address') : new URL(defaultBaseURL).host;
}
