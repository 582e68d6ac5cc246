import type { RedactedThinkingBlockParam, ThinkingBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { ToolCall } from '../../../core/model.ts';

type ThinkingBlock = ThinkingBlockParam | RedactedThinkingBlockParam;

/** Thinking around a tool call: what came before any text of the message, and what came right before the call. */
export interface Thinking {
  readonly beforeText: readonly ThinkingBlock[];
  readonly beforeCall: readonly ThinkingBlock[];
}

const NONE: Thinking = { beforeText: [], beforeCall: [] };

/**
 * Collects a message's thinking. The vendor signs it and takes a conversation with tools on only when it gets all of it back
 * unchanged, so it travels with the tool call that it led to.
 */
export class RunningThinking {
  readonly #open = new Map<number, ThinkingBlock>();
  #waiting: { beforeText: ThinkingBlock[]; beforeCall: ThinkingBlock[] } = { beforeText: [], beforeCall: [] };
  #hasText = false;

  begin(index: number, block: ThinkingBlock): void {
    const begun: ThinkingBlock =
      block.type === 'thinking'
        ? { type: 'thinking', thinking: block.thinking, signature: block.signature }
        : { type: 'redacted_thinking', data: block.data };
    this.#open.set(index, begun);
  }

  add(index: number, more: { readonly thinking?: string; readonly signature?: string }): void {
    const block = this.#open.get(index);
    if (block?.type !== 'thinking') return;
    const thinking = block.thinking + (more.thinking ?? '');
    this.#open.set(index, { ...block, thinking, signature: block.signature + (more.signature ?? '') });
  }

  end(index: number): void {
    const block = this.#open.get(index);
    if (block) this.#waiting[this.#hasText ? 'beforeCall' : 'beforeText'].push(block);
    this.#open.delete(index);
  }

  /** From here on thinking comes after the text. */
  textBegan(): void {
    this.#hasText = true;
  }

  /** The call with the thinking since the one before it. */
  attachTo(call: ToolCall): ToolCall {
    const { beforeText, beforeCall } = this.#waiting;
    this.#waiting = { beforeText: [], beforeCall: [] };
    // A later call's thinking stands between the calls.
    this.#hasText = true;
    if (beforeText.length + beforeCall.length === 0) return call;
    const thinking = { beforeText, beforeCall } as unknown as JsonObject;
    return { ...call, vendorData: { thinking } };
  }
}

/** The thinking that a call carries; none where another vendor made the call. */
export function thinkingOf({ vendorData }: ToolCall): Thinking {
  const thinking = vendorData?.thinking as Partial<Record<keyof Thinking, Json>> | undefined;
  if (typeof thinking !== 'object' || thinking === null) return NONE;
  return { beforeText: blocksOf(thinking.beforeText), beforeCall: blocksOf(thinking.beforeCall) };
}

function blocksOf(blocks: Json | undefined): readonly ThinkingBlock[] {
  return Array.isArray(blocks) ? (blocks as unknown as readonly ThinkingBlock[]) : [];
}
