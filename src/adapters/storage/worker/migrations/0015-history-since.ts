/** Conversations are found by their time, and the different kinds of runs without looking at every run. */
export const HISTORY_SINCE = `
CREATE INDEX conversations_by_time ON conversations (created_at, run_id);
CREATE INDEX runs_by_kind ON runs (kind);
`;
