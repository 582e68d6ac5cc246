/** Traces: what OpenTelemetry calls spans, with the columns of their own that reports add up. Tokens and cost only of calls. */
export const SPANS = `
CREATE TABLE spans (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  span_id TEXT NOT NULL,
  parent_id TEXT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  instance_id TEXT,
  agent TEXT,
  account TEXT,
  model TEXT,
  status TEXT NOT NULL,
  error_type TEXT,
  started_at TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  reasoning_tokens INTEGER,
  estimated INTEGER,
  cost_micros INTEGER,
  attributes TEXT NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (run_id, span_id)
) WITHOUT ROWID;
CREATE INDEX spans_by_time ON spans (kind, started_at);
`;
