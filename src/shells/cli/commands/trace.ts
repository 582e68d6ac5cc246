import type { SpanRecord } from '../../../core/tracing/span.ts';
import { traceIdOf } from '../../../core/tracing/span.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { count, duration } from '../format.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { Style } from '../style.ts';

/** `ensemble runs trace`: the spans of a run as a tree. */
export async function trace(session: Session, runId: string): Promise<number> {
  const { ensemble } = await session.open();
  await ensemble.runs.get(runId);
  const spans = await ensemble.traces.ofRun(runId);
  const { style } = session;
  session.emit({
    json: () => listDocument(spans.map((span) => ({ traceId: traceIdOf(runId), ...span }))),
    text: () => [style.dim(`Trace ${traceIdOf(runId)}, ${count(spans.length, 'span')}`), ...treeOf(spans, style)],
  });
  return EXIT.completed;
}

/** One line a span, children below their parents; what has lost its parent stands at the top. */
function treeOf(spans: readonly SpanRecord[], style: Style): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string | null, SpanRecord[]>();
  for (const span of spans) {
    const parent = span.parentId !== null && ids.has(span.parentId) ? span.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const below = (parent: string | null, depth: number): string[] =>
    (children.get(parent) ?? []).flatMap((span) => [lineOf(span, depth, style), ...below(span.spanId, depth + 1)]);
  return below(null, 0);
}

function lineOf({ name, durationMs, status, errorType }: SpanRecord, depth: number, style: Style): string {
  const failed = status === 'error' ? style.red(`  failed: ${oneLine(errorType ?? 'unknown')}`) : '';
  return `${'  '.repeat(depth)}${oneLine(name)}  ${style.dim(duration(durationMs))}${failed}`;
}
