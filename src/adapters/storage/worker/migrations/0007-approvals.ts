/** Questions of runs to people, until the run has taken the answer; a projection of the journal but for the answer. */
export const APPROVALS = `
CREATE TABLE approvals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  instance_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  key TEXT NOT NULL,
  action_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  details TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  answer INTEGER CHECK (answer IN (0, 1)),
  UNIQUE (run_id, instance_id, attempt, key)
);
`;
