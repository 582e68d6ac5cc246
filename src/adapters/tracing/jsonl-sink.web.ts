import { EnsembleError } from '../../core/errors.ts';
import type { SpanSink } from '../../core/tracing/span-sink.ts';

/** There are no files of the user's in a browser: each export is refused, which the tracer tells. */
export function jsonlSink(name: string): SpanSink {
  return {
    name,
    export: async () => {
      throw new EnsembleError('storage-failed', 'Files cannot be written from VS Code for the Web.');
    },
  };
}
