import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { FinishReason, StreamPart, ToolCall } from '../../../core/model.ts';
import { notAStream } from '../streamed-answer.ts';
import { addUsage, type RunningUsage, tokenUsage } from './usage.ts';

/** The parts of a message. The finish comes with `message_stop` alone; a stream that ends before it is cut. */
export async function* streamParts(
  events: AsyncIterable<RawMessageStreamEvent>,
  signal: AbortSignal,
): AsyncGenerator<StreamPart> {
  const message = new RunningMessage();
  for await (const event of events) {
    // What came over the wire may be anything.
    if (typeof event !== 'object' || event === null) throw new SyntaxError('An event of the answer is none.');
    const part = message.take(event);
    if (part) yield part;
    if (part?.type === 'finish') return;
  }
  // The SDK ends an aborted stream as if it were over.
  signal.throwIfAborted();
  if (!message.began) yield { type: 'failure', failure: NOT_A_STREAM };
}

class RunningMessage {
  readonly #toolCalls = new Map<number, ToolCall>();
  #usage: RunningUsage = {};
  #model: string | null = null;
  #reason: FinishReason = 'other';
  #began = false;

  get began(): boolean {
    return this.#began;
  }

  take(event: RawMessageStreamEvent): StreamPart | null {
    this.#began = true;
    switch (event.type) {
      case 'message_start':
        this.#model = event.message.model;
        this.#usage = addUsage(this.#usage, event.message.usage);
        return null;
      case 'content_block_start':
        if (event.content_block.type === 'tool_use') {
          const { id, name } = event.content_block;
          this.#toolCalls.set(event.index, { id, name, arguments: '' });
        }
        return null;
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') return { type: 'text', text: event.delta.text };
        if (event.delta.type === 'input_json_delta') this.#addArguments(event.index, event.delta.partial_json);
        return null;
      case 'content_block_stop':
        return this.#endedToolCall(event.index);
      case 'message_delta':
        this.#usage = addUsage(this.#usage, event.usage);
        this.#reason = FINISH[event.delta.stop_reason ?? ''] ?? 'other';
        return { type: 'usage', usage: tokenUsage(this.#usage) };
      case 'message_stop':
        return { type: 'finish', reason: this.#reason, model: this.#model };
      default:
        return null;
    }
  }

  #addArguments(index: number, text: string): void {
    const call = this.#toolCalls.get(index);
    if (call) this.#toolCalls.set(index, { ...call, arguments: call.arguments + text });
  }

  #endedToolCall(index: number): StreamPart | null {
    const call = this.#toolCalls.get(index);
    if (!call) return null;
    return { type: 'tool-call', call: call.arguments === '' ? { ...call, arguments: '{}' } : call };
  }
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

/** Nothing in the answer is an event of a message. */
export const NOT_A_STREAM = notAStream('message stream');
