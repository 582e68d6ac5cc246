import { version } from '../../package.json';
import type { Storage } from '../adapters/storage/storage.ts';
import type { PoolDependencies } from '../core/accounts/pool-dependencies.ts';
import type { Pool } from '../core/accounts/types.ts';
import type { TracingConfig } from '../core/config.ts';
import type { Clock, Logger, SecretStore } from '../core/ports.ts';
import { Tracer } from '../core/tracing/tracer.ts';
import { Traces } from '../core/tracing/traces.ts';

/** What tracing is wired from. */
export interface TracingParts {
  readonly storage: Storage;
  readonly secrets: SecretStore;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder; files of destinations are below it. */
  readonly home: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keys of the accounts. */
  knownSecrets(): readonly string[];
}

/** The tracer, and how it takes another configuration over. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly traces: Traces;
  /** The ledger, which the tracer reads along. */
  readonly record: PoolDependencies['record'];
  /** Loads what sends spans only where there is somewhere to send them. */
  configure(config: TracingConfig): Promise<void>;
  /** The pool, telling the tracer what models are asked. */
  follow(pool: Pool): Pool;
}

/** Wires the tracer to the database and, as configured, to other destinations. */
export async function createTracing(config: TracingConfig, parts: TracingParts): Promise<Tracing> {
  const { storage, secrets, env, home, clock, logger } = parts;
  const { stores } = storage;
  const keys = new Set<string>();
  const tracer = new Tracer({
    database: { name: 'the database', export: (spans) => stores.spans.save(spans) },
    ledgerOf: stores.usage.ofRun,
    knownSecrets: () => [...parts.knownSecrets(), ...keys],
    clock,
    logger,
  });
  const keyOf = async (variable: string, name: string) => {
    const key = env[variable] ?? (await secrets.get(`tracing.${name}`));
    if (key) keys.add(key);
    return key;
  };
  const configure = async (wanted: TracingConfig) => {
    const { content, destinations } = wanted;
    if (destinations.length === 0) {
      tracer.configure({ sinks: [], content });
      return;
    }
    const { spanSinks } = await import('../adapters/tracing/destinations.ts');
    tracer.configure({ sinks: spanSinks(wanted, { keyOf, home, version, clock }), content });
  };
  const follow = (pool: Pool): Pool => ({
    call: (request, options) => {
      tracer.asked(request);
      return pool.call(request, options);
    },
    look: () => pool.look(),
    status: () => pool.status(),
    eligible: () => pool.eligible(),
    estimate: (request) => pool.estimate(request),
    reconfigure: (settings) => pool.reconfigure(settings),
  });
  const record: PoolDependencies['record'] = (row, requestedModel) => {
    tracer.called(row, requestedModel);
    return stores.usage.record(row);
  };
  await configure(config);
  return { tracer, traces: new Traces(storage.journal, stores, tracer), record, configure, follow };
}
