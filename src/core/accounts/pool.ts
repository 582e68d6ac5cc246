import { type AccountConfig, type QuotaLimits, UNPACED } from '../config.ts';
import type { CallOutcome, ModelRequest } from '../model.ts';
import { AccountEntry } from './account-entry.ts';
import { ChangeBell } from './change-bell.ts';
import { GroupGate } from './group-gate.ts';
import { chooseModel, maxOutputTokens, servesRequest } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { type CallHost, PooledCall, type Turn } from './pooled-call.ts';
import { estimateInputTokens, worstInputTokens, worstMicroCost } from './pricing.ts';
import { SendLane } from './send-lane.ts';
import { StickyAccounts } from './sticky.ts';
import { type Candidate, isPatient, pickAccount } from './strategies.ts';
import type { AccountStatus, CallOptions, Pool, PoolSettings } from './types.ts';
import { tokensFor } from './vendor-tokens.ts';
import { WaitingLine } from './waiting-line.ts';

type EstimatedRequest = Pick<ModelRequest, 'messages' | 'tier' | 'model' | 'maxTokens'> &
  Partial<Pick<ModelRequest, 'responseSchema'>>;

/** Several accounts as one (design, decision 6). */
export class AccountPool implements Pool, CallHost {
  #deps: PoolDependencies;
  readonly line: WaitingLine<Turn>;
  readonly settled: ChangeBell;
  readonly #lane: SendLane;
  #entries: readonly AccountEntry[] = [];
  readonly #gates = new Map<string, GroupGate>();
  readonly #sticky = new StickyAccounts();
  #uses = 0;

  constructor(deps: PoolDependencies) {
    this.#deps = deps;
    this.line = new WaitingLine(deps.clock);
    this.settled = new ChangeBell(deps.clock);
    this.#lane = new SendLane(deps.clock);
    this.reconfigure(deps);
  }

  get deps(): PoolDependencies {
    return this.#deps;
  }

  call(request: ModelRequest, options: CallOptions = {}): Promise<CallOutcome> {
    return new PooledCall(this, request, options).run();
  }

  status(): readonly AccountStatus[] {
    const now = this.deps.clock.now();
    const { endpoint } = this.deps.vendors;
    return this.#entries.map((entry) => entry.status(endpoint(entry.account), this.line.waitingFor(entry.gate), now));
  }

  async look(): Promise<void> {
    await Promise.all([...new Set(this.#entries.map(({ gate }) => gate))].map((gate) => gate.look()));
  }

  eligible(): readonly AccountConfig[] {
    return this.#entries.filter((entry) => !entry.isOut).map((entry) => entry.account);
  }

  estimate(request: EstimatedRequest): { costUSD: number | null; inputTokens: number } {
    const accounts = this.eligible();
    const counted = estimateInputTokens(request);
    const inputTokens = Math.max(counted, ...accounts.map(({ provider }) => tokensFor(provider, counted)));
    const costs = accounts.map((account) => this.#worstCost(request, account));
    if (costs.length === 0 || costs.includes(null)) return { costUSD: null, inputTokens };
    return { costUSD: Math.max(...costs.map((cost) => cost ?? 0)) / 1e6, inputTokens };
  }

  /** Accounts that stay as they are keep their health and their calls; changed ones begin anew. */
  reconfigure(settings: Partial<PoolSettings>): void {
    this.#deps = { ...this.#deps, ...settings };
    this.#entries = this.#deps.accounts.map((account) => {
      const old = this.#entries.find((entry) => JSON.stringify(entry.account) === JSON.stringify(account));
      // A person who touches the settings may have mended the key, so a refusal does not outlive that.
      const gate = this.#gateOf(account);
      if (old && !old.isOut) return old;
      return new AccountEntry(account, gate, (model) => this.#gates.get(`${account.quotaGroup}/${model}`) ?? null);
    });
    this.changed();
  }

  changed(): void {
    this.line.poke();
  }

  /**
   * Accounts that could serve the request: its model's vendor where one is named and present, else all; of those the ones that take
   * its tools, where there are any.
   */
  entriesFor(request: ModelRequest): readonly AccountEntry[] {
    const { vendors } = this.deps;
    const mayServe = ({ name }: AccountConfig) => request.account === undefined || request.account === name;
    const usable = this.#entries.filter(({ account }) => account.enabled && mayServe(account));
    const serving = preferred(usable, (entry) => servesRequest(request, entry.account, vendors));
    if ((request.tools ?? []).length === 0) return serving;
    return preferred(serving, (entry) => vendors.takesTools(entry.account));
  }

  choose(request: ModelRequest, ready: readonly AccountEntry[]): AccountEntry | null {
    const strategy = request.loadBalancing ?? this.deps.loadBalancing;
    const best = (entries: readonly AccountEntry[]) => {
      const candidates = entries.map((entry) => this.#candidateOf(entry, request));
      return candidates.find((candidate) => candidate === pickAccount(candidates, strategy))?.entry ?? null;
    };
    const gatesOf = (entry: AccountEntry) => entry.gatesFor(chooseModel(request, entry.account, this.deps.vendors).id);
    const open = ready.filter((entry) => gatesOf(entry).every((gate) => gate.canPass));
    const sticky = this.#stickyFor(request);
    if (sticky && open.includes(sticky)) return sticky;
    const patient = isPatient(strategy)
      ? best(ready.filter((entry) => !gatesOf(entry).some((gate) => gate.isFar)))
      : null;
    return patient ?? best(open);
  }

  served(request: ModelRequest, entry: AccountEntry): void {
    if (isCacheable(request)) this.#sticky.remember(conversationOf(request), entry, this.deps.clock.now());
  }

  paceModel({ account }: AccountEntry, model: string): GroupGate {
    return this.#gateFor(`${account.quotaGroup}/${model}`, UNPACED);
  }

  nextOrder(): number {
    return ++this.#uses;
  }

  /** The account whose vendor may have the beginning of the prompt in its cache. */
  #stickyFor(request: ModelRequest): AccountEntry | null {
    if (!isCacheable(request)) return null;
    const entry = this.#sticky.of(conversationOf(request), this.deps.clock.now());
    return entry && this.deps.vendors.cachesPrompts(entry.account.provider) ? entry : null;
  }

  #candidateOf(entry: AccountEntry, request: ModelRequest): Candidate & { entry: AccountEntry } {
    return {
      entry,
      account: entry.account,
      inFlight: entry.inFlight,
      requestsPerMinute: entry.gate.requestsPerMinute,
      cost: this.#worstCost(request, entry.account),
      spentToday: entry.spentToday(this.deps.clock.now()),
      lastUsed: entry.lastUsed,
    };
  }

  /** Worst-case cost of the request at an account, micro-USD; null: price unknown. */
  #worstCost(request: EstimatedRequest, account: AccountConfig): number | null {
    const { vendors, prices } = this.deps;
    const price = prices.price(`${account.provider}/${chooseModel(request, account, vendors).id}`);
    if (price === null) return null;
    const output = maxOutputTokens(request.maxTokens, account, vendors);
    const input = tokensFor(account.provider, worstInputTokens(request));
    return worstMicroCost(price, { input, output });
  }

  #gateOf(account: AccountConfig): GroupGate {
    const { quotaGroups, vendors } = this.deps;
    const limits = quotaGroups[account.quotaGroup] ?? vendors.startLimits(account.provider) ?? UNPACED;
    const { quotaGroup } = account;
    for (const key of [...this.#gates.keys()]) {
      const model = key.startsWith(`${quotaGroup}/`) ? key.slice(quotaGroup.length + 1) : null;
      if (model !== null && !Object.hasOwn(limits.perModel, model)) this.#gates.delete(key);
    }
    for (const [model, { requestsPerMinute }] of Object.entries(limits.perModel)) {
      this.#gateFor(`${quotaGroup}/${model}`, { ...UNPACED, requestsPerMinute });
    }
    return this.#gateFor(quotaGroup, limits);
  }

  #gateFor(key: string, limits: QuotaLimits): GroupGate {
    const known = this.#gates.get(key);
    if (known) {
      known.limits = limits;
      return known;
    }
    const { quota, clock, logger } = this.deps;
    const changed = () => this.changed();
    const failed = (error: unknown) => this.line.rejectAll(error);
    const notKept = (error: unknown) =>
      logger.warn('What an answer said about a limit could not be kept', { error: String(error) });
    const gate = new GroupGate(key, limits, { quota, clock, lane: this.#lane, changed, failed, notKept });
    this.#gates.set(key, gate);
    return gate;
  }
}

function preferred(entries: readonly AccountEntry[], fits: (entry: AccountEntry) => boolean): readonly AccountEntry[] {
  const fitting = entries.filter(fits);
  return fitting.some((entry) => !entry.isOut) ? fitting : entries;
}

/** Prompts shorter than this, tokens, are in no vendor's cache. */
const SHORTEST_CACHED = 1_024;

function isCacheable(request: ModelRequest): boolean {
  return estimateInputTokens(request) >= SHORTEST_CACHED;
}

function conversationOf({ attribution }: ModelRequest): string {
  return `${attribution.runId}:${attribution.agent}`;
}

/** Makes a pool. */
export function createAccountPool(deps: PoolDependencies): Pool {
  return new AccountPool(deps);
}
