import type { Pool } from '../accounts/types.ts';
import type { AgentTask } from '../agents/types.ts';
import type { AccountConfig } from '../config.ts';
import { EnsembleError } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import { shortHash } from '../hash.ts';
import type { Approver, Stores } from '../ports.ts';

/** From this many input tokens on a send counts as large and is asked about each time. */
export const LARGE_SEND_TOKENS = 200_000;

/** Model calls of an agent that looks at files before it answers, as expected. */
const EXPECTED_TURNS = 3;

const READS_FILES =
  'Agents may read more files of the folder where they need them, but none that is ignored or may hold secrets; each then takes up to 20 calls';

/** What is about to leave the machine, and who decides. */
export interface SendQuestion {
  readonly pool: Pool;
  readonly tasks: readonly TaskSpec[];
  /** Model calls to expect, including those of tasks that are not planned yet. */
  readonly calls: number;
  /** What is read, such as `12 files`; null: not told. */
  readonly scope: string | null;
  /** Agents may read files of the workspace that nobody chose, with tools. */
  readonly mayReadFiles: boolean;
  /** Ask also where nobody new receives code and little of it, and where all models run on this machine. */
  readonly always: boolean;
  /** A run that may cost more, USD, is asked about each time; null: never because of its cost. */
  readonly askAboveUSD: number | null;
  isLocal(account: AccountConfig): boolean;
  readonly workspace: string | null;
  readonly approver: Approver;
  readonly audit: Stores['audit'];
  readonly signal: AbortSignal;
}

interface Estimate {
  readonly inputTokens: number;
  /** Worst case, USD; null: a price is unknown. */
  readonly costUSD: number | null;
}

/**
 * Shows the estimate and the receiving endpoints, and asks, before the first send from a workspace to an endpoint and
 * before every large or dear one (design, decision 13). Asks nothing when all accounts run on this machine, unless the run is one
 * that is always asked about and a language model would do it. Rejects with `approval-refused`; nothing has been sent then.
 */
export async function authoriseSend(question: SendQuestion): Promise<void> {
  const models = question.pool.eligible().filter(({ provider }) => provider !== 'offline');
  const receivers = question.always ? models : models.filter((account) => !question.isLocal(account));
  if (receivers.length === 0) return;
  const estimate = estimateOf(question);
  // Who agreed to send what was chosen has not agreed to what agents choose; the other way round it holds for both.
  const chosen = receivers.map((account) => `${question.workspace ?? ''} -> ${endpointOf(question.pool, account)}`);
  const anything = chosen.map((subject) => `${subject} (files that agents choose)`);
  const subjects = question.mayReadFiles ? [...chosen, ...anything] : chosen;
  const known = await Promise.all(subjects.map((subject) => question.audit.has('send', subject)));
  const isDear = isAbove(expectedUSD(question, estimate), question.askAboveUSD);
  const isUsual = known.every(Boolean) && estimate.inputTokens < LARGE_SEND_TOKENS;
  if (!question.always && isUsual && !isDear) return;

  const details = describe(question, receivers, estimate);
  const answer = await question.approver.ask(
    {
      kind: 'send',
      title: isUsual && isDear ? 'Start a run that may cost this much?' : 'Send code to these accounts?',
      details,
      actionHash: shortHash(JSON.stringify([subjects, details])),
    },
    question.signal,
  );
  if (!answer) {
    throw new EnsembleError('approval-refused', 'Nothing was sent: sending was not approved.', {
      hint: 'Approve it, choose less to review, or use the offline provider.',
    });
  }
  for (const [index, subject] of subjects.entries()) {
    if (!known[index]) await question.audit.record('send', subject, null);
  }
}

function estimateOf({ pool, tasks }: SendQuestion): Estimate {
  let inputTokens = 0;
  let costUSD: number | null = 0;
  for (const { payload } of tasks) {
    const task = payload as unknown as AgentTask;
    const one = pool.estimate({
      messages: task.repeats?.messages ?? [
        { role: 'system', content: task.agent.instructions },
        { role: 'user', content: task.brief === undefined ? task.prompt : `${task.brief}\n\n${task.prompt}` },
      ],
      tier: task.tier,
      model: task.model ?? task.agent.model,
      maxTokens: task.maxTokens ?? task.agent.maxTokens ?? 4096,
    });
    inputTokens += one.inputTokens;
    costUSD = costUSD === null || one.costUSD === null ? null : costUSD + one.costUSD;
  }
  return { inputTokens, costUSD };
}

/** What all expected calls may cost, from those that are planned; null: a price is unknown. */
function expectedUSD({ calls, tasks, mayReadFiles }: SendQuestion, { costUSD }: Estimate): number | null {
  const turns = mayReadFiles ? EXPECTED_TURNS : 1;
  return costUSD === null ? null : turns * costUSD * Math.max(1, calls / Math.max(1, tasks.length));
}

function isAbove(cost: number | null, limit: number | null): boolean {
  return cost !== null && limit !== null && cost > limit;
}

function describe(
  { pool, tasks, calls, scope, mayReadFiles, isLocal }: SendQuestion,
  receivers: readonly AccountConfig[],
  estimate: Estimate,
): string[] {
  const cost =
    estimate.costUSD === null ? 'unknown (no price for a model)' : `at most about $${estimate.costUSD.toFixed(2)}`;
  const part = calls > tasks.length ? ` for the first ${tasks.length} of about ${calls} calls` : '';
  return [
    ...(scope === null ? [] : [scope]),
    ...receivers.map((account) => {
      const place = isLocal(account) ? ', on this machine' : '';
      return `Account ${account.name} at ${endpointOf(pool, account)}${place}`;
    }),
    `About ${calls} model calls`,
    ...(mayReadFiles ? [READS_FILES] : []),
    `About ${estimate.inputTokens.toLocaleString('en-US')} tokens of input${part}`,
    `Cost ${cost}${part}${mayReadFiles ? ', without what agents read for themselves' : ''}`,
  ];
}

function endpointOf(pool: Pool, account: AccountConfig): string {
  return pool.status().find((status) => status.name === account.name)?.endpoint ?? account.provider;
}
