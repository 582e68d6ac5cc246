import * as z from 'zod';
import { isEnsembleError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { ToolCall, ToolDefinition } from '../../model.ts';
import { nearestName } from '../../nearest-name.ts';
import type { EffectClass, Tool, ToolContext } from './tool.ts';
import { readInput } from './tool-input.ts';

/** What a tool call gave. A failure is text for the model, like a result. */
export interface ToolResult {
  readonly ok: boolean;
  readonly content: string;
}

/** The tools that one agent may use. */
export class ToolBox {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #context: Omit<ToolContext, 'signal'>;

  constructor(tools: readonly Tool[], context: Omit<ToolContext, 'signal'>) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#context = context;
  }

  /** As the provider takes them. */
  definitions(): readonly ToolDefinition[] {
    return [...this.#tools.values()].map(({ name, description, input }) => {
      const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
      return { name, description, parameters: parameters as JsonObject };
    });
  }

  /** Null: there is no such tool. */
  effectOf(name: string): EffectClass | null {
    return this.#tools.get(name)?.effect ?? null;
  }

  /** Does what a model asks for. What it got wrong is a result; rejects for bugs and with the signal's reason. */
  async call({ name, arguments: text }: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#tools.get(name);
    if (!tool) return failed(this.#unknown(name));
    const input = readInput(name, tool.input, text);
    if (!input.ok) return failed(input.problem);
    try {
      return { ok: true, content: await tool.run(input.value, { ...this.#context, signal }) };
    } catch (error) {
      signal.throwIfAborted();
      if (!isEnsembleError(error)) throw error;
      return failed([error.message, error.hint].filter((part) => part !== null).join(' '));
    }
  }

  #unknown(name: string): string {
    const names = [...this.#tools.keys()];
    const nearest = nearestName(name.slice(0, 64), names);
    const meant = nearest === null ? '' : ` Did you mean ${nearest}?`;
    return `There is no tool ${JSON.stringify(name.slice(0, 64))}.${meant} There are: ${names.join(', ')}.`;
  }
}

function failed(content: string): ToolResult {
  return { ok: false, content };
}
