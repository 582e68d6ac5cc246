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

/** An agent wants to propose a change of a file; nothing is written before a person has looked at it. */
export interface ProposeEditCall {
  readonly kind: 'propose-edit';
  readonly path: string;
  readonly ignoredBy: IgnoreFileName | null;
}

/** An agent asks for a tool. */
export interface UseToolCall {
  readonly kind: 'use-tool';
  readonly tool: string;
  /** The tools that the agent names. */
  readonly allowed: readonly string[];
}

/** A program of the workspace is about to run. */
export interface RunCommandCall {
  readonly kind: 'run-command';
}

/** What is decided about. */
export type PolicyCall = SendFileCall | ProposeEditCall | UseToolCall | RunCommandCall;

/** Everything a decision depends on. */
export interface PolicyInput {
  readonly trusted: boolean;
  readonly policy: Policy;
  readonly call: PolicyCall;
  /** Where the path of a file really leads, relative to the root; null: outside of it, or nowhere. */
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
  if (call.kind === 'use-tool') {
    return call.allowed.includes(call.tool)
      ? { decision: 'allow', reason: 'a tool of the agent' }
      : deny('no tool of the agent');
  }
  if (call.kind === 'run-command') {
    // What a repository brings may do anything, so its folder has to be trusted, and a person asked each time.
    return trusted
      ? { decision: 'ask', reason: 'it runs code of the workspace' }
      : deny('the workspace is not trusted');
  }
  if (realPath === null) return deny('outside of the workspace');
  if (isSecretLike(call.path) || isSecretLike(realPath)) {
    return deny('it may hold secrets by its name; such files are never read');
  }
  if (call.ignoredBy !== null) return deny(`ignored by ${call.ignoredBy}`);
  if (call.kind === 'propose-edit' && [call.path, realPath].some(isPrivileged)) {
    return deny('such files decide what tools and agents may do, so only a person changes them');
  }
  return { decision: 'allow', reason: 'part of the workspace' };
}

/** Files of git, of editors, and of agents and workflows: what stands in them gives rights or runs. */
function isPrivileged(path: string): boolean {
  return PRIVILEGED.test(path.toLowerCase());
}

const PRIVILEGED =
  /(?:^|\/)(?:\.git|\.vscode|\.idea|\.ensemble|\.claude|\.husky)(?:\/|$)|(?:^|\/)\.github\/(?:agents|workflows)(?:\/|$)|\.code-workspace$|(?:^|\/)(?:ensemble\.config\.json|\.mcp\.json|\.gitignore|\.ensembleignore)$/;

function deny(reason: string): Decision {
  return { decision: 'deny', reason };
}
