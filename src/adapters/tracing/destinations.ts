import type { TracingConfig, TracingDestination } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { SpanRecord } from '../../core/tracing/span.ts';
import type { SpanSink } from '../../core/tracing/span-sink.ts';
import { agentOpsHeaders } from './agentops.ts';
import { jsonlSink } from './jsonl-sink.ts';
import { type OtlpTarget, otlpSink } from './otlp-sink.ts';

/** What destinations are made with. */
export interface DestinationParts {
  /** The value of an environment variable, else the key that is kept under the name; null: there is none. */
  keyOf(variable: string, name: string): Promise<string | null>;
  /** The user's home folder: files are below it unless they are absolute. */
  readonly home: string;
  readonly version: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** The sinks that a configuration asks for. */
export function spanSinks({ level, destinations }: TracingConfig, parts: DestinationParts): readonly SpanSink[] {
  if (level === 'off') return [];
  const sinks = destinations.map((one) => sinkOf(one, parts));
  return level === 'error' ? sinks.map(onlyErrors) : sinks;
}

function sinkOf(destination: TracingDestination, parts: DestinationParts): SpanSink {
  if (destination.type === 'jsonl') return jsonlSink(destination.file, parts.home);
  return otlpSink(targetOf(destination, parts), parts.version, parts.clock);
}

function targetOf(
  destination: Exclude<TracingDestination, { readonly type: 'jsonl' }>,
  { keyOf }: DestinationParts,
): OtlpTarget {
  switch (destination.type) {
    case 'logfire':
      return {
        name: 'Logfire',
        url: `https://logfire-${destination.region}.pydantic.dev/v1/traces`,
        headers: async () => ({ authorization: await needed(keyOf, destination.keyEnv, 'logfire') }),
      };
    case 'agentops':
      return {
        name: 'AgentOps',
        url: 'https://otlp.agentops.cloud/v1/traces',
        headers: agentOpsHeaders(() => needed(keyOf, destination.keyEnv, 'agentops')),
      };
    case 'otlp':
      return {
        name: new URL(destination.endpoint).host,
        url: destination.endpoint,
        headers: async () => {
          const pairs = Object.entries(destination.headersEnv).map(async ([header, variable]) => {
            return [header, await needed(keyOf, variable, 'otlp')] as const;
          });
          return Object.fromEntries(await Promise.all(pairs));
        },
      };
  }
}

async function needed(keyOf: DestinationParts['keyOf'], variable: string, name: string): Promise<string> {
  const key = await keyOf(variable, name);
  if (key !== null && key.trim() !== '') return key.trim();
  throw new EnsembleError('secret-store-failed', `There is no key: the variable ${variable} is not set.`);
}

/** The run itself and what went wrong in it. */
function onlyErrors(sink: SpanSink): SpanSink {
  const wanted = ({ kind, status }: SpanRecord) => kind === 'run' || status === 'error';
  return {
    name: sink.name,
    export: async (spans, signal) => {
      const left = spans.filter(wanted);
      if (left.length > 0) await sink.export(left, signal);
    },
  };
}
