import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import { traceIdOf } from '../../core/tracing/span.ts';
import type { SpanSink } from '../../core/tracing/span-sink.ts';

/** Appends spans to a file that only its owner may read, one JSON object a line. It lies below `home` unless it is absolute. */
export function jsonlSink(name: string, home: string): SpanSink {
  const file = path.resolve(home, name.replace(/^~[/\\]/, ''));
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
