import type { Json, JsonObject } from '../../../core/json.ts';
import type { ToolCall } from '../../../core/model.ts';

/**
 * Fields of an assistant's message that a vendor wants back unchanged in a conversation with tools: OpenRouter's
 * `reasoning_details`, and `reasoning_content` of DeepSeek and of servers that run such models.
 */
export type ReasoningField = 'reasoning_details' | 'reasoning_content';

/** What a message has of them. */
export type Reasoning = Partial<Readonly<Record<ReasoningField, unknown>>>;

/** Collects one such field over the chunks of an answer. */
export class RunningReasoning {
  readonly #field: ReasoningField | null;
  readonly #details: JsonObject[] = [];
  #content = '';

  /** Null: the vendor wants nothing back. */
  constructor(field: ReasoningField | null) {
    this.#field = field;
  }

  add(delta: Reasoning): void {
    if (this.#field === 'reasoning_content' && typeof delta.reasoning_content === 'string') {
      this.#content += delta.reasoning_content;
    }
    if (this.#field !== 'reasoning_details' || !Array.isArray(delta.reasoning_details)) return;
    for (const detail of delta.reasoning_details as readonly unknown[]) if (isObject(detail)) this.#addDetail(detail);
  }

  /** The calls, the first of them with what belongs to the message. */
  attachTo(calls: readonly ToolCall[]): readonly ToolCall[] {
    const [first, ...others] = calls;
    const value: Json = this.#field === 'reasoning_content' ? this.#content : this.#details;
    if (!first || this.#field === null || value.length === 0) return calls;
    return [{ ...first, vendorData: { ...first.vendorData, [this.#field]: value } }, ...others];
  }

  /** Texts come in pieces that carry the same index; an encrypted block comes whole. */
  #addDetail(detail: JsonObject): void {
    const last = this.#details.at(-1);
    if (!last || detail.index === undefined || last.index !== detail.index || last.type !== detail.type) {
      this.#details.push(detail);
      return;
    }
    const merged: Record<string, Json> = { ...last };
    for (const [name, value] of Object.entries(detail)) {
      if (GROWING.has(name)) merged[name] = `${merged[name] ?? ''}${value ?? ''}`;
      else if (value !== null) merged[name] = value;
    }
    this.#details[this.#details.length - 1] = merged;
  }
}

const GROWING: ReadonlySet<string> = new Set(['text', 'summary', 'data']);

/** The fields of a message that asks for these calls, as the vendor wants them back. */
export function reasoningOf(calls: readonly ToolCall[], field: ReasoningField | null): object {
  const value = field === null ? undefined : calls[0]?.vendorData?.[field];
  return field === null || value === undefined ? {} : { [field]: value };
}

/** Google's documented stand-in for the signature of a call that one of its models has not made. */
const NO_SIGNATURE = { google: { thought_signature: 'skip_thought_signature_validator' } };

/**
 * Google's `extra_content` of the call at `index` of its message. Gemini 3 and later refuse a conversation in which the first
 * call of a message has no signature, which is so when another vendor's model made it.
 */
export function extraContentOf({ vendorData }: ToolCall, index: number, model: string): object {
  if (vendorData?.extra_content !== undefined) return { extra_content: vendorData.extra_content };
  return index === 0 && /\bgemini-([3-9]|\d\d)/.test(model) ? { extra_content: NO_SIGNATURE } : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
