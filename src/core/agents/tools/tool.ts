import type * as z from 'zod';
import type { ToolOutcome } from '../../engine/tool-effects.ts';
import type { Json } from '../../json.ts';
import type { ApprovalAction } from '../../policy/approval.ts';
import type { Workspace } from '../../ports.ts';
import type { FileEdit } from '../../results.ts';
import type { HandoffRequest } from '../handoffs.ts';
import type { ReadableFiles } from './readable-files.ts';

/**
 * What a tool changes. `none`: nothing; `idempotent`: a second time changes nothing more; `external`: something that
 * cannot be taken back, so that an unknown outcome after a crash is asked about instead of repeated.
 */
export type EffectClass = 'none' | 'idempotent' | 'external';

/** What a tool call gave. A failure is text for the model, like a result. */
export type ToolResult = Omit<ToolOutcome, 'tool'>;

/** A remark of a compiler or linter about a place in a file. Lines are 1-based. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  /** Who says it, such as `ts`; empty where unknown. */
  readonly source: string;
}

/** Where diagnostics come from: the editor knows some, the command line none. */
export interface Diagnostics {
  /** What is known now, of one file or (null) of all. Paths as in {@link Workspace}. */
  list(file: string | null): readonly Diagnostic[];
}

/** A program with its arguments, and the folder that it is run in: what a person allows. */
export interface PlacedCommand {
  readonly command: readonly string[];
  /** Absolute, as the system writes it. */
  readonly folder: string;
}

/** Runs programs in the workspace. */
export interface Commands {
  /** How and where a command for a file is run here; paths in it are relative to the workspace. Rejects with EnsembleError: it cannot be. */
  place(file: string, command: readonly string[]): Promise<PlacedCommand>;
  /**
   * Without a shell. Resolves however it ended (`code` null: by a signal) with what it printed; rejects with `task-failed` where
   * it could not run to its end in time, and with the signal's reason.
   */
  run(placed: PlacedCommand, signal: AbortSignal): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** The attempt that a tool is used in. */
export interface ToolAttempt {
  /** Changes that the attempt has proposed so far. */
  proposed(): readonly FileEdit[];
  /** Asks to hand the task over. */
  handOver(request: HandoffRequest): ToolResult;
}

/** What tools work on. Everything in it refuses what the policy forbids. */
export interface ToolContext {
  readonly workspace: Workspace;
  readonly files: ReadableFiles;
  /** Null: nothing here knows any. */
  readonly diagnostics: Diagnostics | null;
  /** Null: nothing may be run here. */
  readonly commands: Commands | null;
  /** What a person has allowed for this call; null: nothing was asked. */
  readonly allowed: Json;
  readonly attempt: ToolAttempt;
  readonly signal: AbortSignal;
  /** Values that must not be shown. */
  knownSecrets(): readonly string[];
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
  /** What exactly would be done, for a person to allow before `run`. Default: nobody is asked. */
  prepare?(input: Input, context: ToolContext): Promise<ApprovalAction>;
  /** Resolves with text for the model, or more. An EnsembleError is told to the model; anything else is a bug. */
  run(input: Input, context: ToolContext): Promise<string | ToolResult>;
}

/** Keeps the type of the input between `input` and `run`, and forgets it for lists of tools. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
  return tool as Tool;
}
