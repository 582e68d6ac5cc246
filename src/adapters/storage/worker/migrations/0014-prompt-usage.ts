/**
 * Which version of which prompt a run used, and what became of its answer; and which text of a built-in prompt a version of the
 * user's began with, so that a changed built-in one is noticed and can be merged.
 */
export const PROMPT_USAGE = `
CREATE TABLE prompt_uses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX prompt_uses_by_name ON prompt_uses (name, version);

CREATE TABLE prompt_outcomes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'dismissed')),
  at TEXT NOT NULL,
  UNIQUE (run_id, subject)
);

CREATE TABLE prompt_bases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  draft TEXT NOT NULL
);

CREATE INDEX finding_decisions_by_run ON finding_decisions (run_id);
`;
