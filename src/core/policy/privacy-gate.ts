import type { Message, ProviderCall } from '../model.ts';
import { redact } from './redaction.ts';

/** The last function that sees a request before a provider does (design, decision 13). */
export interface PrivacyGate {
  /** The call with every secret in its messages replaced, and how many there were. */
  outbound(call: ProviderCall): { readonly call: ProviderCall; readonly redactions: number };
}

/**
 * A gate that removes the values of `knownSecrets` (asked anew for each call, so that a key added meanwhile counts) and
 * everything that looks like a secret. It holds for every provider, also for those in this process: what they answer is
 * stored and shown.
 */
export function createPrivacyGate(options: { knownSecrets(): readonly string[] }): PrivacyGate {
  return {
    outbound(call) {
      const secrets = options.knownSecrets();
      let redactions = 0;
      const clean = (text: string): string => {
        const result = redact(text, secrets);
        redactions += result.redactions;
        return result.text;
      };
      const messages = call.messages.map((message): Message => {
        const content = clean(message.content);
        if (message.role === 'tool' || !message.toolCalls) return { ...message, content };
        const toolCalls = message.toolCalls.map((one) => ({ ...one, arguments: clean(one.arguments) }));
        return { ...message, content, toolCalls };
      });
      return { call: { ...call, messages }, redactions };
    },
  };
}
