import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import { traceIdOf } from '../../core/tracing/span.ts';
import type { SpanSink } from '../../core/tracing/span-sink.ts';

/** Appends spans to a file that only its owner may read, one JSON object a line. */
export function jsonlSink(file: string): SpanSink {
  return {
    name: file,
    export: async (spans) => {
      const lines = spans.map((span) => `${JSON.stringify({ traceId: traceIdOf(span.runId), ...span })}\n`);
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await appendFile(file, lines.join(''), { mode: 0o600 });
      } catch (cause) {
        const { code = 'unknown' } = cause as NodeJS.ErrnoException;
        throw new EnsembleError('storage-failed', `The file cannot be written (${code}).`, { cause });
      }
    },
  };
}
