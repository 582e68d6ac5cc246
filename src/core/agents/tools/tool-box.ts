import { isEnsembleError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { ToolCall, ToolDefinition } from '../../model.ts';
import { nearestName } from '../../nearest-name.ts';
import type { ApprovalAction } from '../../policy/approval.ts';
import { parametersOf } from './parameters-of.ts';
import type { EffectClass, Tool, ToolAttempt, ToolContext, ToolResult } from './tool.ts';
import { readInput } from './tool-input.ts';

/** What one result holds at most, UTF-16 units; the rest is announced. */
const MAX_RESULT = 40_000;

/** What a box is made of. */
export interface ToolBoxParts {
  readonly tools: readonly Tool[];
  /** What the tools work on, for one attempt. */
  context(attempt: ToolAttempt, signal: AbortSignal, allowed: Json): ToolContext;
  /** Null: the policy allows it; else why not. */
  refusal(tool: string): string | null;
  /** False: models are not told of it here. It is known all the same, so that a run that used it elsewhere goes on. Default: all are. */
  offers?(tool: string): boolean;
}

/** The tools that one agent may use. */
export class ToolBox {
  readonly #parts: ToolBoxParts;
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(parts: ToolBoxParts) {
    this.#parts = parts;
    this.#tools = new Map(parts.tools.map((tool) => [tool.name, tool]));
  }

  /** As the provider takes them. */
  definitions(): readonly ToolDefinition[] {
    return this.#offered().map(({ name, description, input }) => ({
      name,
      description,
      parameters: parametersOf(input),
    }));
  }

  /** Null: there is no such tool. */
  effectOf(name: string): EffectClass | null {
    return this.#tools.get(name)?.effect ?? null;
  }

  /** True: a person has to allow each call of the tool. */
  asks(name: string): boolean {
    return this.#tools.get(name)?.prepare !== undefined;
  }

  /** What a person has to allow before the call, or why it is not made at all. */
  async prepare(
    { name, arguments: text }: ToolCall,
    attempt: ToolAttempt,
    signal: AbortSignal,
  ): Promise<ApprovalAction | ToolResult> {
    const tool = this.#tools.get(name);
    if (!tool?.prepare) return failed(this.#unknown(name));
    const refusal = this.#parts.refusal(name);
    if (refusal !== null) return failed(`${name} may not be used: ${refusal}.`);
    const input = readInput(name, tool.input, text);
    if (!input.ok) return failed(input.problem);
    try {
      return await tool.prepare(input.value, this.#parts.context(attempt, signal, null));
    } catch (error) {
      return explained(error, signal);
    }
  }

  /** Does what a model asks for. What it got wrong is a result; rejects for bugs and with the signal's reason. */
  async call(
    { name, arguments: text }: ToolCall,
    attempt: ToolAttempt,
    signal: AbortSignal,
    allowed: Json = null,
  ): Promise<ToolResult> {
    const tool = this.#tools.get(name);
    if (!tool) return failed(this.#unknown(name));
    const refusal = this.#parts.refusal(name);
    if (refusal !== null) return failed(`${name} may not be used: ${refusal}.`);
    const input = readInput(name, tool.input, text);
    if (!input.ok) return failed(input.problem);
    try {
      const given = await tool.run(input.value, this.#parts.context(attempt, signal, allowed));
      return bounded(typeof given === 'string' ? { ok: true, content: given } : given);
    } catch (error) {
      return explained(error, signal);
    }
  }

  #offered(): readonly Tool[] {
    return this.#parts.tools.filter(({ name }) => this.#parts.offers?.(name) ?? true);
  }

  #unknown(name: string): string {
    const names = this.#offered().map((tool) => tool.name);
    const nearest = nearestName(name.slice(0, 64), names);
    const meant = nearest === null ? '' : ` Did you mean ${nearest}?`;
    return `There is no tool ${JSON.stringify(name.slice(0, 64))}.${meant} There are: ${names.join(', ')}.`;
  }
}

function bounded(result: ToolResult): ToolResult {
  const more = result.content.length - MAX_RESULT;
  if (more <= 0) return result;
  return { ...result, content: `${result.content.slice(0, MAX_RESULT)}\n[cut here: ${more} more characters]` };
}

/** An expected failure as text for the model; throws anything else, and the signal's reason. */
function explained(error: unknown, signal: AbortSignal): ToolResult {
  signal.throwIfAborted();
  if (!isEnsembleError(error)) throw error;
  return failed([error.message, error.hint].filter((part) => part !== null).join(' '));
}

function failed(content: string): ToolResult {
  return { ok: false, content };
}
