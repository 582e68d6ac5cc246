import type { IgnoreFileName } from './ignore-rules.ts';
import { isSecretLike } from './secret-files.ts';

/** What the surface allows by itself; never set by the content of a repository. */
export interface Policy {
  /**
   * May files of a workspace that nobody has trusted be sent? The editor says no; on the command line the invocation
   * itself asks for it (design, decision 13).
   */
  readonly sendFromUntrusted: boolean;
}

/** A file is about to become part of a request to a model. `path` is relative to the workspace root. */
export interface SendFileCall {
  readonly kind: 'send-file';
  readonly path: string;
  /** The ignore file that covers it, which holds also for a file that the person named; null: none. */
  readonly ignoredBy: IgnoreFileName | null;
}

/** Everything a decision depends on. */
export interface PolicyInput {
  readonly trusted: boolean;
  readonly policy: Policy;
  readonly call: SendFileCall;
  /** Where the path really leads, relative to the root; null: outside of it, or nowhere. */
  readonly realPath: string | null;
}

/** `ask` puts it to the person; `reason` is one short phrase that can stand in a list of skipped files. */
export interface Decision {
  readonly decision: 'allow' | 'ask' | 'deny';
  readonly reason: string;
}

/** The one place that says what may happen. Pure: the same input gives the same answer. */
export function decide({ trusted, policy, call, realPath }: PolicyInput): Decision {
  if (!trusted && !policy.sendFromUntrusted) return deny('the workspace is not trusted');
  if (realPath === null) return deny('outside of the workspace');
  if (isSecretLike(call.path) || isSecretLike(realPath)) {
    return deny('it may hold secrets by its name; such files are never read');
  }
  if (call.ignoredBy !== null) return deny(`ignored by ${call.ignoredBy}`);
  return { decision: 'allow', reason: 'part of the workspace' };
}

function deny(reason: string): Decision {
  return { decision: 'deny', reason };
}
