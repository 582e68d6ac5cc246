/**
 * The bare engine, without accounts, editor and database (package export `./engine`): runs a graph of functions in
 * dependency order, in parallel, with retries, time-outs and cancellation.
 */
import { SystemClock } from '../adapters/system-clock.ts';
import {
  type GraphResult,
  type GraphTask,
  type RunGraphOptions,
  runGraph as runGraphOn,
} from '../core/engine/run-graph.ts';

export type { GraphTaskContext } from '../core/engine/function-performer.ts';
export type { GraphResult, GraphTask, RunGraphOptions } from '../core/engine/run-graph.ts';
export { EnsembleError, type ErrorCode, type ErrorInfo } from '../core/errors.ts';
export type { EnsembleEvent, EventListener } from '../core/events.ts';

/**
 * Runs a graph of plain functions on the product's own scheduler. Rejects `invalid-graph` or `invalid-input` before
 * anything starts; failures of tasks are in the result.
 */
export function runGraph<T extends GraphTask>(options: RunGraphOptions<T>): Promise<GraphResult> {
  return runGraphOn(options, { clock: new SystemClock(), random: Math.random });
}
