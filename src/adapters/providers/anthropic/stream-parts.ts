import type {
  RawContentBlockDelta,
  RawContentBlockStartEvent,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages';
import type { FinishReason, StreamPart, ToolCall } from '../../../core/model.ts';
import { notAStream } from '../streamed-answer.ts';
import { RunningThinking } from './thinking.ts';
import { addUsage, cacheWrites, type RunningUsage, tokenUsage } from './usage.ts';

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
  readonly #thinking = new RunningThinking();
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
        this.#begin(event.index, event.content_block);
        return null;
      case 'content_block_delta':
        return this.#add(event.index, event.delta);
      case 'content_block_stop':
        this.#thinking.end(event.index);
        return this.#endedToolCall(event.index);
      case 'message_delta':
        this.#usage = addUsage(this.#usage, event.usage);
        this.#reason = FINISH[event.delta.stop_reason ?? ''] ?? 'other';
        return { type: 'usage', usage: tokenUsage(this.#usage), cacheWrites: cacheWrites(this.#usage) };
      case 'message_stop':
        return { type: 'finish', reason: this.#reason, model: this.#model };
      default:
        return null;
    }
  }

  #begin(index: number, block: RawContentBlockStartEvent['content_block']): void {
    if (block.type === 'tool_use') this.#toolCalls.set(index, { id: block.id, name: block.name, arguments: '' });
    if (block.type === 'thinking' || block.type === 'redacted_thinking') this.#thinking.begin(index, block);
  }

  #add(index: number, delta: RawContentBlockDelta): StreamPart | null {
    if (delta.type === 'text_delta') {
      this.#thinking.textBegan();
      return { type: 'text', text: delta.text };
    }
    if (delta.type === 'thinking_delta') this.#thinking.add(index, { thinking: delta.thinking });
    if (delta.type === 'signature_delta') this.#thinking.add(index, { signature: delta.signature });
    const call = this.#toolCalls.get(index);
    if (delta.type !== 'input_json_delta' || !call) return null;
    this.#toolCalls.set(index, { ...call, arguments: call.arguments + delta.partial_json });
    return null;
  }

  #endedToolCall(index: number): StreamPart | null {
    const call = this.#toolCalls.get(index);
    if (!call) return null;
    const whole = call.arguments === '' ? { ...call, arguments: '{}' } : call;
    return { type: 'tool-call', call: this.#thinking.attachTo(whole) };
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
