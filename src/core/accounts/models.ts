import type { AccountConfig, QuotaLimits } from '../config.ts';
import type { ModelRequest, ProviderId, Tier } from '../model.ts';

/** What the pool has to know of vendors; compose.ts takes it from the catalogue of adapters. */
export interface VendorFacts {
  defaultModel(provider: ProviderId, tier: Tier): string;
  /** Limits to begin with where the user set none; null: unpaced until the vendor teaches one. */
  startLimits(provider: ProviderId): QuotaLimits | null;
  /** True: the model runs on this machine. */
  isLocal(provider: ProviderId): boolean;
  /** Where requests of the account go: a host, or `in this process`. */
  endpoint(account: AccountConfig): string;
  /** True: a prompt that begins as an earlier one did costs less at the same account. */
  cachesPrompts(provider: ProviderId): boolean;
  /** False: its models take no tools, so that calls with tools go elsewhere where they can. */
  takesTools(account: AccountConfig): boolean;
  /** True: reasoning tokens come on top of the request's maxTokens (xAI). */
  reasoningOnTop(provider: ProviderId): boolean;
  /** The vendor that a bare model name belongs to, by its prefix; null: unclear. */
  vendorOfModel(name: string): ProviderId | null;
}

/** A wanted model as an account can serve it. */
export interface ChosenModel {
  /** The vendor's own id. */
  readonly id: string;
  /** True: the request named this model; false: it is the tier's. */
  readonly asked: boolean;
}

/**
 * The model an account serves a request with: the one asked for where the account's vendor has it, else the account's
 * model of the tier, else the vendor's default (design, decision 9).
 */
export function chooseModel(
  request: Pick<ModelRequest, 'model' | 'tier'>,
  account: AccountConfig,
  vendors: VendorFacts,
): ChosenModel {
  const asked = askedModel(request.model, vendors);
  if (asked && servesModel(account, asked)) return { id: asked.id, asked: true };
  return { id: account.models[request.tier] ?? vendors.defaultModel(account.provider, request.tier), asked: false };
}

/** True when the request names no model or the account's vendor has it. */
export function servesRequest(
  request: Pick<ModelRequest, 'model'>,
  account: AccountConfig,
  vendors: VendorFacts,
): boolean {
  const asked = askedModel(request.model, vendors);
  return asked === null || servesModel(account, asked);
}

interface AskedModel {
  readonly provider: string | null;
  readonly id: string;
}

/** Splits `<provider>/<id>` at the first slash; a bare name belongs to the vendor of its prefix. */
function askedModel(model: string | null, vendors: VendorFacts): AskedModel | null {
  if (model === null) return null;
  const slash = model.indexOf('/');
  if (slash > 0) return { provider: model.slice(0, slash), id: model.slice(slash + 1) };
  return { provider: vendors.vendorOfModel(model), id: model };
}

function servesModel(account: AccountConfig, { provider, id }: AskedModel): boolean {
  return provider === null ? Object.values(account.models).includes(id) : provider === account.provider;
}

/** Output tokens that may come at most; vendors that add reasoning on top of maxTokens get as much again for it. */
export function maxOutputTokens(maxTokens: number, account: AccountConfig, vendors: VendorFacts): number {
  return vendors.reasoningOnTop(account.provider) ? maxTokens * 2 : maxTokens;
}
