/**
 * Messages between the extension and the page of the Dashboard, both ways. Everything is bounded, so that a run of thousands
 * of tasks neither floods the channel nor the page; nothing in it is a key. Both sides check what they receive with these
 * schemas and leave alone what does not fit.
 */
import * as z from 'zod/mini';

/** Tasks that are sent at a time; more are paged. A run with more is drawn as one node per agent. */
export const TASKS_SHOWN = 200;
/** Runs, agents of a run and accounts that are sent at most. */
export const ROWS_SHOWN = 100;
/** Characters of an agent's text that are kept on the page. */
export const TEXT_SHOWN = 2000;
/** Characters of a name or title, and of an error, that are sent at most. */
export const NAME_SHOWN = 300;
/** Questions of a run at most. */
export const QUESTIONS_SHOWN = 20;
export const ERROR_SHOWN = 1000;

const name = z.string().check(z.maxLength(NAME_SHOWN));
const amount = z.number().check(z.nonnegative());
const cost = z.nullable(z.number());
const time = z.string().check(z.maxLength(40));
const list = <T extends z.ZodMiniType>(item: T, most: number) => z.array(item).check(z.maxLength(most));

const taskStatus = z.enum(['pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled']);

const runStatus = z.enum([
  'queued',
  'running',
  'suspended',
  'interrupted',
  'completed',
  'partial',
  'failed',
  'cancelled',
]);

const problem = z.object({
  message: z.string().check(z.maxLength(ERROR_SHOWN)),
  hint: z.nullable(z.string().check(z.maxLength(ERROR_SHOWN))),
});

const runRow = z.object({ runId: name, title: name, status: runStatus, active: z.boolean(), startedAt: time });

const taskRow = z.object({
  id: name,
  label: name,
  agent: name,
  status: taskStatus,
  dependencies: list(name, TASKS_SHOWN),
  /** Task of the super-agent that it is a part of. */
  parentId: z.nullable(name),
  /** Messages to other tasks, and those it was told. */
  sent: amount,
  received: amount,
  account: z.nullable(name),
  /** `<provider>/<id>`. */
  model: z.nullable(name),
  tokens: amount,
  costUSD: cost,
  durationMs: z.nullable(amount),
  startedAt: z.nullable(time),
  error: z.nullable(problem),
});

const taskText = z.object({
  id: name,
  /** Added to what is shown; replaces it with `reset`. */
  text: z.string().check(z.maxLength(TEXT_SHOWN)),
  reset: z.boolean(),
});

const agentRow = z.object({
  name,
  tasks: amount,
  running: amount,
  succeeded: amount,
  failed: amount,
  ended: amount,
  tokens: amount,
  /** Sum of the known costs, USD. */
  costUSD: amount,
});

/** What the agent of a task asks the person; it waits for the answer. */
const question = z.object({ taskId: name, agent: name, text: z.string().check(z.maxLength(ERROR_SHOWN)) });

const run = z.object({
  ...runRow.shape,
  /** It has stopped before its end and can go on. */
  resumable: z.boolean(),
  hasResult: z.boolean(),
  tokens: amount,
  costUSD: cost,
  durationMs: z.nullable(amount),
  error: z.nullable(problem),
  /** Oldest first. */
  questions: list(question, QUESTIONS_SHOWN),
  /** Tasks in all, and of them those that ended in each way. */
  total: amount,
  succeeded: amount,
  failed: amount,
  ended: amount,
  /** Number of the first task that is sent, 0-based. */
  offset: amount,
  agents: list(agentRow, ROWS_SHOWN),
  /** Which agents' work leads to which others', as indices into `agents`; empty unless the tasks do not fit. */
  links: list(z.tuple([amount, amount]), ROWS_SHOWN * 4),
});

const accountRow = z.object({
  name,
  provider: name,
  endpoint: name,
  state: z.enum(['ready', 'cooling', 'disabled', 'key-refused', 'out-of-credits']),
  cooldown: z.nullable(z.object({ cause: name, until: time })),
  /** Free share of the limit that is used most, 0 to 1; null: no limit is known. */
  headroom: z.nullable(amount),
  inFlight: amount,
  queued: amount,
  /** Since midnight, local time. */
  calls: amount,
  failures: amount,
  tokens: amount,
  costUSD: amount,
  /** Calls without a known price, so that the cost is not taken for all of it. */
  unknownCosts: amount,
});

const snapshot = z.object({
  type: z.literal('snapshot'),
  /** Newest first. */
  runs: list(runRow, ROWS_SHOWN),
  /** The run that is shown; null: there is none. */
  run: z.nullable(run),
  tasks: list(taskRow, TASKS_SHOWN),
  texts: list(taskText, TASKS_SHOWN),
  /** Null: not known yet. */
  accounts: z.nullable(list(accountRow, ROWS_SHOWN)),
  /** False in Restricted Mode, where agents do not run. */
  trusted: z.boolean(),
  hasAccounts: z.boolean(),
});

const patch = z.object({
  type: z.literal('patch'),
  /** The run that the change belongs to; the page leaves it alone when it shows another one. */
  runId: z.nullable(name),
  runs: z.optional(list(runRow, ROWS_SHOWN)),
  run: z.optional(run),
  tasks: z.optional(list(taskRow, TASKS_SHOWN)),
  texts: z.optional(list(taskText, TASKS_SHOWN)),
  accounts: z.optional(list(accountRow, ROWS_SHOWN)),
});

const trouble = z.object({ type: z.literal('problem'), ...problem.shape });

const hostMessage = z.discriminatedUnion('type', [snapshot, patch, trouble]);

/** Commands that the page offers as buttons. */
export const PAGE_COMMANDS = [
  'addAccount',
  'manageTrust',
  'reviewFile',
  'reviewWorkspace',
  'runTask',
  'showLog',
  'tryWithoutKey',
] as const;

const pageMessage = z.discriminatedUnion('type', [
  /** The page is there (again) and wants a snapshot, of this run if it knows one. */
  z.object({ type: z.literal('ready'), runId: z.nullable(name) }),
  z.object({ type: z.literal('selectRun'), runId: name }),
  /** Other tasks of the run: those from the `offset`-th on. */
  z.object({ type: z.literal('showTasks'), offset: z.int().check(z.nonnegative()) }),
  z.object({ type: z.literal('openResult'), runId: name }),
  z.object({ type: z.literal('cancelRun'), runId: name }),
  z.object({ type: z.literal('resumeRun'), runId: name }),
  /** The person wants to answer what the agent of a task asks. */
  z.object({ type: z.literal('answer'), runId: name, taskId: name }),
  z.object({ type: z.literal('copy'), text: z.string().check(z.maxLength(TEXT_SHOWN)) }),
  z.object({ type: z.literal('command'), command: z.enum(PAGE_COMMANDS) }),
  /** The page received something that it does not understand. */
  z.object({ type: z.literal('rejected'), reason: z.string().check(z.maxLength(ERROR_SHOWN)) }),
]);

export type DashboardTaskStatus = z.infer<typeof taskStatus>;
export type DashboardRunStatus = z.infer<typeof runStatus>;
export type DashboardRunRow = z.infer<typeof runRow>;
export type DashboardRun = z.infer<typeof run>;
export type DashboardQuestion = z.infer<typeof question>;
export type DashboardTask = z.infer<typeof taskRow>;
export type DashboardText = z.infer<typeof taskText>;
export type DashboardAgent = z.infer<typeof agentRow>;
export type DashboardAccount = z.infer<typeof accountRow>;
export type DashboardProblem = z.infer<typeof problem>;
export type DashboardSnapshot = z.infer<typeof snapshot>;
export type DashboardPatch = z.infer<typeof patch>;
/** What the extension sends to the page. */
export type HostMessage = z.infer<typeof hostMessage>;
/** What the page sends to the extension. */
export type PageMessage = z.infer<typeof pageMessage>;

/** A checked message, or why it is none. */
export type Received<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly reason: string };

/** Checks what came from the extension. */
export function readHostMessage(data: unknown): Received<HostMessage> {
  return received(z.safeParse(hostMessage, data));
}

/** Checks what came from the page. */
export function readPageMessage(data: unknown): Received<PageMessage> {
  return received(z.safeParse(pageMessage, data));
}

/** Says where it does not fit, never what it holds. */
function received<T>(parsed: z.core.util.SafeParseResult<T>): Received<T> {
  if (parsed.success) return { ok: true, message: parsed.data };
  const places = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'message'}: ${issue.code}`);
  return { ok: false, reason: places.join(', ').slice(0, ERROR_SHOWN) };
}
