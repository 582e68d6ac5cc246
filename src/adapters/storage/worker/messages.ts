import type { ErrorInfo } from '../../../core/errors.ts';
import type { Request } from './file-operations.ts';
import type { Reply } from './server.ts';

/** Client to worker. One batch is under way at a time. */
export type ToWorker = { readonly type: 'batch'; readonly requests: readonly Request[] } | { readonly type: 'close' };

/** Worker to client. `opened` or `failed` comes first, then one `replies` per batch, in order. */
export type FromWorker =
  | { readonly type: 'opened'; readonly notices: readonly string[] }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
  /** The last one of an orderly end. */
  | { readonly type: 'closed'; readonly notices: readonly string[] }
  | { readonly type: 'replies'; readonly replies: readonly Reply[]; readonly notices: readonly string[] };
