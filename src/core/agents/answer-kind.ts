import type * as z from 'zod';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import type { JsonAnswer } from './json-answer.ts';
import type { AgentTask, OutputSchemaName } from './types.ts';

/** What is known when an answer is settled. */
export interface AnswerScope {
  readonly task: AgentTask;
  /** True for the answer to a repair turn: there is no other after it. */
  readonly isRepair: boolean;
}

/** A structured answer: how it is read, what it must be, and what becomes of it. */
export interface AnswerKind {
  /** What it accepts is the task's output. */
  readonly schema: z.ZodType;
  /** Finds the value in the text; default: the JSON in it. */
  read?(text: string): JsonAnswer;
  /**
   * Looks at an answer that the schema accepts: the output to keep, and tasks to add to the graph. Throws
   * `invalid-model-output` with what is wrong for one that cannot be used.
   */
  settle?(output: Json, scope: AnswerScope): { readonly output: Json; readonly extend?: readonly TaskSpec[] };
  /** The answer that follows from the dependencies alone, so that no model is asked; null: somebody has to be asked. */
  decided?(inputs: readonly TaskInput[], detail: JsonObject | null): Json;
  /** The answer where the context says that there is nothing to work on, so that no model is asked. */
  readonly whenNothing?: Json;
}

/** All structured answers by name. */
export type AnswerKinds = Readonly<Record<OutputSchemaName, AnswerKind>>;
