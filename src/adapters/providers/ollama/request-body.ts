import { estimateInputTokens } from '../../../core/accounts/pricing.ts';
import type { Message, ProviderCall } from '../../../core/model.ts';
import { withSchemaInstructions } from '../../../core/schema-instructions.ts';
import { argumentsObject, toolNameOf } from '../../../core/tool-conversation.ts';
import { type OptionalParameter, withRefusedToolsLeftOut } from '../optional-parameters.ts';

/** Longest context that a model is asked for, tokens. */
export const MAX_CONTEXT_TOKENS = 262_144;
/** Contexts come in steps of so many tokens, so that calls of about the same size share a loaded model. */
const CONTEXT_STEP = 8_192;
/** The estimate of tokens may be too small by as much. */
const SAFETY = 1.25;

/** Tokens of context that a call and its answer need, rounded up. */
export function neededContext(call: ProviderCall): number {
  const tokens = estimateInputTokens(call) * SAFETY + call.maxTokens;
  return Math.ceil(tokens / CONTEXT_STEP) * CONTEXT_STEP;
}

/** A call as Ollama's chat request with a context of so many tokens, and those optional parameters that are `sent`. */
export function requestBody(asked: ProviderCall, sent: readonly OptionalParameter[], contextTokens: number): object {
  const call = withRefusedToolsLeftOut(asked, sent);
  const { responseSchema, temperature, tools = [] } = call;
  const native = sent.includes('schema') ? responseSchema : null;
  const messages = responseSchema && !native ? withSchemaInstructions(call.messages, responseSchema) : call.messages;
  return {
    model: call.model,
    messages: messages.map((message) => wireMessage(message, messages)),
    stream: true,
    options: {
      num_ctx: contextTokens,
      num_predict: call.maxTokens,
      ...(sent.includes('temperature') && { temperature }),
    },
    ...(native && { format: native.schema }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
  };
}

/** Ollama knows a tool's result by the name of the tool. */
function wireMessage(message: Message, all: readonly Message[]): object {
  const { role, content } = message;
  if (role === 'tool') return { role, content, tool_name: toolNameOf(all, message.toolCallId) };
  const toolCalls = message.toolCalls ?? [];
  if (toolCalls.length === 0) return { role, content };
  const tool_calls = toolCalls.map(({ name, arguments: text }) => ({
    function: { name, arguments: argumentsObject(text) },
  }));
  return { role, content, tool_calls };
}
