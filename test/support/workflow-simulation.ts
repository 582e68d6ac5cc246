import { openMemoryStorage } from '../../src/adapters/storage/memory/open-memory-storage.ts';
import { GptTokenCounter } from '../../src/adapters/tokens/gpt-token-counter.ts';
import { createEnsemble } from '../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../src/core/config.ts';
import type { CountTokens } from '../../src/core/context/token-estimate.ts';
import type { EnsembleEvent } from '../../src/core/events.ts';
import type { Json } from '../../src/core/json.ts';
import type { Message, ProviderCall, StreamPart } from '../../src/core/model.ts';
import type { RunResult } from '../../src/core/results.ts';
import { MemoryWorkspace } from '../contract/memory-workspace.ts';
import { report } from '../unit/core/context/samples.ts';
import { MemoryLogger } from './engine-fixture.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeProvider } from './fake-provider.ts';
import { account } from './pool-fixture.ts';

/** Answers in tokens: the middles of S1's table. */
const ANSWER_TOKENS = { simple: 1_500, medium: 3_000, complex: 6_000, aggregation: 2_500 } as const;
/** A model's pace: what it reads and writes in a second, and what a call takes before the first token, ms. */
const READS_PER_SECOND = 5_000;
const WRITES_PER_SECOND = 120;
const OVERHEAD_MS = 600;
/** Facts that each answer holds in its middle, for those who build on it. */
const FACTS = 4;

/** A workflow to be run on a simulated model, in simulated time. */
export interface WorkflowSimulation {
  readonly workflow: string;
  readonly params?: Readonly<Record<string, Json>>;
  readonly maxParallel: number;
  /** Files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Twelve files, about 4,000 tokens together. */
const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, file) => [
    `src/file${file}.ts`,
    Array.from(
      { length: 12 },
      (_, line) => `export const value${file}_${line} = compute(${line * 7 + file}, input.part${line});\n`,
    ).join(''),
  ]),
);

/** S3's six workflows, and how much faster than one task after the other each has to be. */
export const HEADLINE: readonly { readonly simulation: WorkflowSimulation; readonly speedup: number }[] = [
  { simulation: { workflow: 'fullstack-dev', maxParallel: 3 }, speedup: 1 },
  { simulation: { workflow: 'security-audit', maxParallel: 3, files: FILES }, speedup: 1 },
  { simulation: { workflow: 'testing-suite', maxParallel: 3, files: FILES }, speedup: 1 },
  { simulation: { workflow: 'performance-optimization', maxParallel: 3, files: FILES }, speedup: 1 },
  { simulation: { workflow: 'devops-setup', maxParallel: 3 }, speedup: 1 },
  { simulation: { workflow: 'code-review', maxParallel: 5, files: FILES }, speedup: 3 },
];

/** A call that the simulated model got. */
interface SimulatedCall {
  readonly taskId: string;
  readonly isDigest: boolean;
  readonly tokens: number;
  readonly text: string;
  readonly answerTokens: number;
}

/** What became of it. Tokens are counted with the tokenizer of the product; times are ms. */
export interface WorkflowMeasurement {
  readonly result: RunResult;
  readonly makespan: number;
  /** The shortest time in which so many slots can do tasks of these durations in the order of their dependencies. */
  readonly bound: number;
  /** One task after the other. */
  readonly sequential: number;
  /** All prompts, those of digests included. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly digestTokens: number;
  /** Prompts where every task is sent everything so far: shared texts once, then each request and each answer before it. */
  readonly everythingTokens: number;
  /** Facts that tasks need, and those that did not reach them. */
  readonly facts: number;
  readonly lost: readonly string[];
}

/** Runs a workflow through the whole product, its pool and its journal in memory, on a clock that jumps from event to event. */
export async function simulateWorkflow(simulation: WorkflowSimulation): Promise<WorkflowMeasurement> {
  const { workflow, params = {}, maxParallel, files = {} } = simulation;
  const clock = new FakeClock();
  const count = await new GptTokenCounter(new MemoryLogger()).counter();
  const model = new SimulatedModel(clock, count);
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one'), account('two')], budget: NO_BUDGET },
    storage: openMemoryStorage(),
    workspace: new MemoryWorkspace(files),
    secrets: { get: async () => 'sk-simulated-0123456789abcdef', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => model.provider,
    clock,
    random: () => 0.5,
  });
  const events: EnsembleEvent[] = [];
  let over = false;
  const handle = await ensemble.start(
    { kind: 'workflow', workflow, params },
    { maxParallel, onEvent: (event) => events.push(event) },
  );
  const running = handle.result.finally(() => {
    over = true;
  });
  await clock.runUntil(() => over);
  const result = await running;
  await ensemble.close();
  return {
    result,
    ...times(result, events, maxParallel),
    ...tokens(model.calls, result, count),
    ...lostFacts(model.calls, result),
  };
}

const NO_BUDGET = { perRunUSD: null, perDayUSD: null, perRunTokens: null, allowUnknownPrices: true };

/** Answers with texts of fixed sizes whose facts stand in the middle, and sums up badly: it reads beginnings and ends. */
class SimulatedModel {
  readonly calls: SimulatedCall[] = [];
  readonly provider: FakeProvider;
  readonly #clock: FakeClock;
  readonly #count: CountTokens;

  constructor(clock: FakeClock, count: CountTokens) {
    this.#clock = clock;
    this.#count = count;
    this.provider = new FakeProvider((call, _count, signal) => this.#answer(call, signal));
  }

  async *#answer(call: ProviderCall, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const text = call.messages.map(({ content }) => content).join('\n\n');
    const asked = about(text, call.messages);
    const answer = this.#text(asked, text);
    const input = this.#count(text);
    const output = this.#count(answer);
    this.calls.push({ ...asked, tokens: input, text, answerTokens: output });
    await this.#clock.sleep(OVERHEAD_MS + (input / READS_PER_SECOND) * 1_000, signal);
    await this.#clock.sleep((output / WRITES_PER_SECOND) * 1_000, signal);
    yield { type: 'text', text: answer };
    yield { type: 'usage', usage: { input, output, cached: 0, reasoning: 0, estimated: false } };
    yield { type: 'finish', reason: 'stop', model: null };
  }

  #text({ taskId, isDigest }: Asked, prompt: string): string {
    if (isDigest) return badSummary(prompt);
    if (/Your kind: /.test(prompt)) return findingsAnswer(taskId, prompt);
    return report(taskId, sizeOf(prompt), factsOf(taskId));
  }
}

interface Asked {
  readonly taskId: string;
  readonly isDigest: boolean;
}

/** Which task a prompt belongs to, by its words: the model is told no ids. */
function about(text: string, messages: readonly Message[]): Asked {
  const digest = /# Result to shorten\n\n<[^>]*>\n# (.+)/.exec(text)?.[1];
  if (digest !== undefined) return { taskId: digest, isDigest: true };
  const subTask = /# Your sub-task: (.+)/.exec(messages.at(-1)?.content ?? '')?.[1];
  const kind = /Your kind: ([\w-]+)/.exec(text)?.[1];
  return { taskId: subTask ?? kind ?? 'summary', isDigest: false };
}

function sizeOf(prompt: string): number {
  const wanted = /Write the (?:\w+ )?(?:report|runbook)|Sum up the review/.test(prompt)
    ? 'aggregation'
    : /Model the threats|Design the infrastructure|Design the server side|Establish the baseline|Define the test strategy|Implement the/.test(
          prompt,
        )
      ? 'complex'
      : 'medium';
  // The reports of the samples have about five characters per token.
  return Math.round((ANSWER_TOKENS[wanted] * 5) / 4);
}

function factsOf(taskId: string): string[] {
  const name = taskId.replace(/\W+/g, '-').toUpperCase();
  return Array.from(
    { length: FACTS },
    (_, index) => `FACT-${name}-${index + 1}: the agreed value is ${index * 37 + 11} units`,
  );
}

function badSummary(prompt: string): string {
  const words = prompt.slice(prompt.indexOf('<data-')).split(/\s+/);
  return [...words.slice(1, 90), '...', ...words.slice(-120, -40)].join(' ');
}

const LENSES = ['correctness', 'security', 'performance', 'tests', 'documentation'];

/** A finding for each file, each with a fact and as long as needed for the size of a medium answer. */
function findingsAnswer(taskId: string, prompt: string): string {
  const line = LENSES.indexOf(taskId) + 1;
  const files = [
    ...prompt.matchAll(new RegExp(`^## File "([^"]+)"[^\\n]*\\n(?:.*\\n){${line}}${line}\\| (.+)$`, 'gm')),
  ];
  const explanation = report('x', (ANSWER_TOKENS.medium * 5) / 4 / Math.max(1, files.length) - 60)
    .slice(5)
    .replace(/\n+/g, ' ');
  const findings = files.map(([, file = '', quote = ''], index) => ({
    ...{ file, quote, line, severity: 'medium', category: taskId, replacement: null, confidence: 0.8 },
    title: `FACT-${taskId.toUpperCase()}-${index + 1}: value ${index} is not checked`,
    explanation: 'It fails for empty input.',
    suggestion: explanation,
  }));
  return JSON.stringify({ findings });
}

function times(result: RunResult, events: readonly EnsembleEvent[], slots: number) {
  const at = (type: EnsembleEvent['type']) => Date.parse(events.find((event) => event.type === type)?.at ?? '');
  const durations = result.tasks.map(({ id, dependencies, durationMs }) => ({ id, dependencies, ms: durationMs ?? 0 }));
  return {
    makespan: at('workflow:complete') - at('workflow:start'),
    bound: shortest(durations, slots),
    sequential: durations.reduce((sum, { ms }) => sum + ms, 0),
  };
}

interface Job {
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly ms: number;
}

/** The best of all list schedules, one of which is optimal; the graphs are small. */
function shortest(jobs: readonly Job[], slots: number): number {
  let best = Number.POSITIVE_INFINITY;
  const place = (done: ReadonlyMap<string, number>, free: readonly number[], so: number) => {
    if (so >= best) return;
    if (done.size === jobs.length) {
      best = so;
      return;
    }
    for (const job of jobs) {
      if (done.has(job.id) || !job.dependencies.every((id) => done.has(id))) continue;
      const ready = Math.max(0, ...job.dependencies.map((id) => done.get(id) ?? 0));
      const [first = 0, ...others] = free.toSorted((a, b) => a - b);
      const end = Math.max(first, ready) + job.ms;
      place(new Map([...done, [job.id, end]]), [...others, end], Math.max(so, end));
    }
  };
  place(new Map(), new Array<number>(slots).fill(0), 0);
  return best;
}

function tokens(calls: readonly SimulatedCall[], result: RunResult, count: CountTokens) {
  const own = calls.filter(({ isDigest }) => !isDigest);
  const sum = (list: readonly SimulatedCall[]) => list.reduce((all, one) => all + one.tokens, 0);
  return {
    promptTokens: sum(calls),
    digestTokens: sum(calls.filter(({ isDigest }) => isDigest)),
    answerTokens: calls.reduce((all, one) => all + one.answerTokens, 0),
    everythingTokens: everything(own, result, count),
  };
}

/** What others wrote, as prompts quote it. */
const QUOTED = /<data-([0-9a-f]{8})>\n[\s\S]*?\n<\/data-\1>/g;

/** Each task gets what is the same for all (rules, assignment, code) once, then all requests and answers before it, and its own. */
function everything(calls: readonly SimulatedCall[], result: RunResult, size: CountTokens): number {
  let shared = 0;
  let before = 0;
  let sum = 0;
  for (const { text, answerTokens } of calls.toSorted((a, b) => orderOf(a, result) - orderOf(b, result))) {
    const quotedOut = text.replace(QUOTED, '');
    const request = quotedOut.slice(Math.max(0, quotedOut.search(/# Your sub-task|# What to answer/)));
    shared = Math.max(shared, size(quotedOut) - size(request));
    sum += shared + before + size(request);
    before += size(request) + answerTokens;
  }
  return sum;
}

function orderOf({ taskId }: SimulatedCall, { tasks }: RunResult): number {
  return tasks.findIndex(
    ({ description, id }) => description === taskId || id.startsWith(`${taskId}-`) || id === taskId,
  );
}

/** A task needs every fact of the tasks that it builds on. */
function lostFacts(calls: readonly SimulatedCall[], { tasks }: RunResult) {
  const needed = tasks.flatMap((task) => {
    const told =
      calls.find((call) => !call.isDigest && tasks[orderOf(call, { tasks } as RunResult)] === task)?.text ?? '';
    const facts = task.dependencies.flatMap((id) => factsIn(tasks.find((one) => one.id === id)?.output ?? null));
    return facts.map((fact) => ({ fact, task: task.id, reached: told.includes(fact) }));
  });
  return {
    facts: needed.length,
    lost: needed.flatMap(({ fact, task, reached }) => (reached ? [] : [`${task}: ${fact}`])),
  };
}

function factsIn(output: Json): string[] {
  return [...new Set(JSON.stringify(output).match(/FACT-[\w-]+: [\w ]+/g) ?? [])];
}
