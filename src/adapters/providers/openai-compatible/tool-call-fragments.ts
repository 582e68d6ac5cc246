import type { Json } from '../../../core/json.ts';
import type { ToolCall } from '../../../core/model.ts';

/** A piece of a tool call as a chunk carries it. Google adds `extra_content`, and may leave the index out. */
export interface ToolCallFragment {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
  readonly extra_content?: Json;
}

interface Unfinished {
  readonly index: number;
  id: string | null;
  name: string;
  arguments: string;
  extraContent: Json | undefined;
}

/** Puts the tool calls of an answer together: a fragment belongs to the last call of its index, unless it has an id of its own. */
export class ToolCallFragments {
  readonly #calls: Unfinished[] = [];

  add(fragment: ToolCallFragment): void {
    const call = this.#callOf(fragment);
    call.id ??= fragment.id || null;
    call.name += fragment.function?.name ?? '';
    call.arguments += fragment.function?.arguments ?? '';
    call.extraContent ??= fragment.extra_content;
  }

  /** All calls, in the order in which they began; those without a name are none. */
  whole(): readonly ToolCall[] {
    const named = this.#calls.filter(({ name }) => name !== '');
    return named.map(({ id, name, arguments: text, extraContent }, index) => {
      const call = { id: id ?? `call-${index + 1}`, name, arguments: text === '' ? '{}' : text };
      return extraContent === undefined ? call : { ...call, vendorData: { extra_content: extraContent } };
    });
  }

  #callOf({ index, id }: ToolCallFragment): Unfinished {
    const at = index ?? (id ? this.#calls.length : Math.max(0, this.#calls.length - 1));
    const present = this.#calls.findLast((call) => call.index === at);
    if (present && (!id || present.id === null || present.id === id)) return present;
    const begun: Unfinished = { index: at, id: null, name: '', arguments: '', extraContent: undefined };
    this.#calls.push(begun);
    return begun;
  }
}
