import type { FailureCause, ProviderFailure } from '../model.ts';
import { type AccountHealth, afterFailure, type CooldownContext, freeFrom, HEALTHY } from './cooldown.ts';

/** How long a model rests that the vendor did not know, ms: a retired name does not come back, a right may be given. */
const MISSING_MS = 600_000;

/** A model of an account that rests, while the account's others go on. */
export interface RestingModel {
  /** The vendor's model id. */
  readonly model: string;
  readonly cause: FailureCause;
  /** ISO time. */
  readonly until: string;
}

/** True when a failure says something of one model and nothing of the account. */
export function concernsModel({ cause, perModel = false }: ProviderFailure): boolean {
  if (cause === 'model-not-found' || cause === 'overloaded') return true;
  return perModel && (cause === 'rate-limited' || cause === 'daily-quota');
}

/** Health of each model of one account, by the vendor's ids. */
export class ModelHealth {
  /** Only models that have failed since they last succeeded. */
  readonly #models = new Map<string, AccountHealth>();

  of(model: string): AccountHealth {
    return this.#models.get(model) ?? HEALTHY;
  }

  /** Epoch ms from which on the model may be asked; in the past where it may be now. */
  freeAt(model: string, now: number): number {
    return freeFrom(this.of(model), now);
  }

  succeeded(model: string): void {
    this.#models.delete(model);
  }

  /** Resolves with the health after a failure that concerns the model alone. */
  failed(model: string, failure: ProviderFailure, context: Omit<CooldownContext, 'sameIncident'>): AccountHealth {
    const before = this.of(model);
    const sameIncident = freeFrom(before, context.now) > context.now;
    const after =
      failure.cause === 'model-not-found'
        ? missing(before, context.now)
        : afterFailure(before, failure, { ...context, sameIncident });
    this.#models.set(model, after);
    return after;
  }

  resting(now: number): RestingModel[] {
    return [...this.#models].flatMap(([model, { cause, until }]) =>
      cause !== null && this.freeAt(model, now) > now ? [{ model, cause, until: new Date(until).toISOString() }] : [],
    );
  }
}

function missing({ failures }: AccountHealth, now: number): AccountHealth {
  return { state: 'cooling', cause: 'model-not-found', until: now + MISSING_MS, failures: failures + 1 };
}
