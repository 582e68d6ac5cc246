/**
 * The bare engine, without accounts, editor and database (package export `./engine`): run a graph of functions in
 * dependency order, in parallel, with retries, time-outs and cancellation.
 */
export {
  type GraphResult,
  type GraphTask,
  type GraphTaskContext,
  type RunGraphOptions,
  runGraph,
} from '../core/engine/run-graph.ts';
export { EnsembleError, type ErrorCode } from '../core/errors.ts';
export type { EnsembleEvent, EventListener } from '../core/events.ts';
