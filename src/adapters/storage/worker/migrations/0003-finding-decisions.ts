/** What people decided about findings: accepted or dismissed, for one workspace, by fingerprint. */
export const FINDING_DECISIONS = `
CREATE TABLE finding_decisions (
  workspace TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('accepted', 'dismissed')),
  reason TEXT,
  note TEXT,
  run_id TEXT NOT NULL,
  file TEXT NOT NULL,
  title TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (workspace, fingerprint)
) WITHOUT ROWID;
`;
