/** The product as a library (package export `.`): no editor, and no side effects at import. */

export { type CreateMessageBusOptions, createMessageBus } from '../compose/message-bus.ts';
export {
  type CreatePoolOptions,
  createPool,
  openSharedQuota,
  type PoolAccount,
  type SharedQuota,
} from '../compose/pool.ts';
export { createEnsemble, type EnsembleOverrides } from '../compose.ts';
export type { AccountOverview, AccountSpending } from '../core/accounts/configured-accounts.ts';
export type { AccountStatus, CallOptions, LimitStatus, Pool, PoolSettings } from '../core/accounts/types.ts';
export type {
  AccountConfig,
  EnsembleConfig,
  ModelPrice,
  QuotaLimits,
  Strategy,
} from '../core/config.ts';
export type { Ensemble } from '../core/ensemble.ts';
export { EnsembleError, type ErrorCode, type ErrorInfo } from '../core/errors.ts';
export type { EnsembleEvent, EventListener } from '../core/events.ts';
export type { LoadBalancing } from '../core/load-balancing.ts';
export type { MessageBus, RequestOptions, TaggedDelivery } from '../core/messages/message-bus.ts';
export type { AgentMessage, MessageKind, MessageListener, OutgoingMessage } from '../core/messages/types.ts';
export type { CallOutcome, Message, ModelRequest, TokenUsage } from '../core/model.ts';
export type { Approver, Clock, Logger, ModelProvider, QuotaStore, SecretStore, Workspace } from '../core/ports.ts';
export type {
  ReviewRequest,
  RunHandle,
  RunOptions,
  RunRequest,
  TaskRequest,
  WorkflowRequest,
} from '../core/requests.ts';
export type { Coverage, Finding, RunResult, TaskResult } from '../core/results.ts';
export type { AccountTest } from '../core/try-provider.ts';
