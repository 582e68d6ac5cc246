import type * as z from 'zod';
import type { Workspace } from '../../ports.ts';
import type { ReadableFiles } from './readable-files.ts';

/**
 * What a tool changes. `none`: nothing; `idempotent`: a second time changes nothing more; `external`: something that
 * cannot be taken back, so that an unknown outcome after a crash is asked about instead of repeated.
 */
export type EffectClass = 'none' | 'idempotent' | 'external';

/** What tools work on. Everything in it refuses what the policy forbids. */
export interface ToolContext {
  readonly workspace: Workspace;
  readonly files: ReadableFiles;
  readonly signal: AbortSignal;
}

/** Something that an agent may do beside answering. */
export interface Tool<Input = unknown> {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** For the model: what it gives and when to use it. */
  readonly description: string;
  readonly effect: EffectClass;
  /** An object; what the model wrote is checked against it before anything happens. */
  readonly input: z.ZodType<Input>;
  /** Resolves with text for the model. An EnsembleError is told to the model; anything else is a bug. */
  run(input: Input, context: ToolContext): Promise<string>;
}

/** Keeps the type of the input between `input` and `run`, and forgets it for lists of tools. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
  return tool as Tool;
}
