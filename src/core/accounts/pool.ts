import { type AccountConfig, UNPACED } from '../config.ts';
import type { CallOutcome, ModelRequest } from '../model.ts';
import { AccountEntry, type Visit } from './account-entry.ts';
import { ChangeBell } from './change-bell.ts';
import { GroupGate } from './group-gate.ts';
import { chooseModel, maxOutputTokens, servesRequest } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { type CallHost, PooledCall } from './pooled-call.ts';
import { estimateInputTokens, microCost, worstInputTokens } from './pricing.ts';
import { type Candidate, pickAccount } from './strategies.ts';
import type { AccountStatus, CallOptions, Pool } from './types.ts';

/** Several accounts as one (design, decision 6). */
export class AccountPool implements Pool, CallHost {
  readonly deps: PoolDependencies;
  readonly bell: ChangeBell;
  #entries: readonly AccountEntry[] = [];
  readonly #gates = new Map<string, GroupGate>();
  #uses = 0;

  constructor(deps: PoolDependencies) {
    this.deps = deps;
    this.bell = new ChangeBell(deps.clock);
    this.setAccounts(deps.accounts);
  }

  call(request: ModelRequest, options: CallOptions = {}): Promise<CallOutcome> {
    return new PooledCall(this, request, options).run();
  }

  status(): readonly AccountStatus[] {
    const now = this.deps.clock.now();
    return this.#entries.map((entry) => entry.status(this.deps.vendors.endpoint(entry.account), now));
  }

  eligible(): readonly AccountConfig[] {
    return this.#entries.filter((entry) => !entry.isOut).map((entry) => entry.account);
  }

  estimate(request: Pick<ModelRequest, 'messages' | 'tier' | 'model' | 'maxTokens'>): {
    costUSD: number | null;
    inputTokens: number;
  } {
    const inputTokens = estimateInputTokens(request);
    const costs = this.eligible().map((account) => this.worstCost(request, account));
    if (costs.length === 0 || costs.includes(null)) return { costUSD: null, inputTokens };
    return { costUSD: Math.max(...costs.map((cost) => cost ?? 0)) / 1e6, inputTokens };
  }

  /** Accounts that stay as they are keep their health and their calls; changed ones begin anew. */
  setAccounts(accounts: readonly AccountConfig[]): void {
    this.#entries = accounts.map((account) => {
      const old = this.#entries.find((entry) => JSON.stringify(entry.account) === JSON.stringify(account));
      // A person who touches the settings may have mended the key, so a refusal does not outlive that.
      return old && !old.isOut ? old : new AccountEntry(account, this.#gateOf(account));
    });
    this.bell.ring();
  }

  /** Accounts that could serve the request: its model's vendor where one is named and present, else all. */
  entriesFor(request: ModelRequest): readonly AccountEntry[] {
    const usable = this.#entries.filter((entry) => entry.account.enabled);
    const serving = usable.filter((entry) => servesRequest(request, entry.account, this.deps.vendors));
    return serving.some((entry) => !entry.isOut) ? serving : usable;
  }

  /** Picks one of the ready accounts and counts it as used; null when none is ready. */
  pick(request: ModelRequest, entries: readonly AccountEntry[]): { entry: AccountEntry; visit: Visit } | null {
    const now = this.deps.clock.now();
    const candidates = entries
      .filter((entry) => entry.isReady(now))
      .map((entry): Candidate & { entry: AccountEntry } => ({
        entry,
        account: entry.account,
        inFlight: entry.inFlight,
        queued: entry.queued,
        requestsPerMinute: entry.gate.requestsPerMinute,
        cost: this.worstCost(request, entry.account),
        spentToday: entry.spentToday(now),
        lastUsed: entry.lastUsed,
      }));
    const picked = pickAccount(candidates, request.loadBalancing ?? this.deps.loadBalancing);
    const entry = candidates.find((candidate) => candidate === picked)?.entry;
    return entry ? { entry, visit: entry.visit(++this.#uses) } : null;
  }

  /** Worst-case cost of the request at an account, micro-USD; null: price unknown. */
  worstCost(
    request: Pick<ModelRequest, 'messages' | 'tier' | 'model' | 'maxTokens'>,
    account: AccountConfig,
  ): number | null {
    const { vendors, prices } = this.deps;
    const price = prices.price(`${account.provider}/${chooseModel(request, account, vendors).id}`);
    if (price === null) return null;
    const output = maxOutputTokens(request.maxTokens, account, vendors);
    return microCost(price, { input: worstInputTokens(request), output, cached: 0 });
  }

  #gateOf(account: AccountConfig): GroupGate {
    const { quota, clock, quotaGroups, vendors } = this.deps;
    const known = this.#gates.get(account.quotaGroup);
    if (known) return known;
    const limits = quotaGroups[account.quotaGroup] ?? vendors.startLimits(account.provider) ?? UNPACED;
    const gate = new GroupGate(account.quotaGroup, limits, quota, clock);
    this.#gates.set(account.quotaGroup, gate);
    return gate;
  }
}

/** Makes a pool. */
export function createAccountPool(deps: PoolDependencies): Pool {
  return new AccountPool(deps);
}
