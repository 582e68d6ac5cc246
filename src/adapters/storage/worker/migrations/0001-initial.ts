/**
 * Version 1: S1's four tables with their columns (and a few of ours at the end), the journal with its projections, the
 * ledger, quotas and budgets. JSON columns hold JSON text; times are ISO-8601 UTC; `*_micros` are millionths of a dollar.
 */
export const INITIAL = `
-- S1 ------------------------------------------------------------------------------------------------------------------

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL,
  type TEXT NOT NULL,
  messages TEXT NOT NULL,
  model TEXT NOT NULL,
  tokens INTEGER DEFAULT 0,
  cost REAL DEFAULT 0.0,
  created_at TEXT DEFAULT CURRENT_TIMESTAMP,
  run_id TEXT NOT NULL,
  account TEXT NOT NULL,
  status TEXT NOT NULL,
  response TEXT
);
CREATE INDEX conversations_by_run ON conversations (run_id, id);

CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  format TEXT DEFAULT 'markdown',
  created_at TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE prompts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE NOT NULL,
  template TEXT NOT NULL,
  variables TEXT DEFAULT '[]',
  description TEXT,
  created_at TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE agents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL UNIQUE,
  agent_type TEXT NOT NULL,
  status TEXT DEFAULT 'pending',
  result TEXT,
  error TEXT,
  created_at TEXT DEFAULT CURRENT_TIMESTAMP,
  completed_at TEXT
);

-- Runs and their journal ----------------------------------------------------------------------------------------------

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  owner TEXT,
  status TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  workflow TEXT,
  workspace TEXT,
  task_count INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  tokens TEXT NOT NULL,
  cost_micros INTEGER,
  error TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  instance_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  agent TEXT NOT NULL,
  description TEXT NOT NULL,
  status TEXT NOT NULL,
  dependencies TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  attempts TEXT NOT NULL,
  tokens TEXT NOT NULL,
  cost_micros INTEGER,
  started_at TEXT,
  duration_ms INTEGER,
  output TEXT NOT NULL,
  error TEXT,
  UNIQUE (run_id, instance_id)
);

CREATE TABLE blobs (
  hash TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL
);

CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  epoch INTEGER NOT NULL,
  instance_id TEXT,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  v INTEGER NOT NULL,
  payload TEXT,
  blob_hash TEXT REFERENCES blobs (hash),
  at TEXT NOT NULL,
  UNIQUE (run_id, seq),
  CHECK ((payload IS NULL) <> (blob_hash IS NULL))
);

CREATE TABLE findings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  finding TEXT NOT NULL,
  UNIQUE (run_id, position)
);

-- Ledger, quotas, budgets ---------------------------------------------------------------------------------------------

CREATE TABLE usage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  agent TEXT NOT NULL,
  account TEXT NOT NULL,
  model TEXT NOT NULL,
  outcome TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  cost_micros INTEGER,
  latency_ms INTEGER NOT NULL,
  possibly_billed INTEGER NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX usage_by_account ON usage (account, at);
CREATE INDEX usage_by_run ON usage (run_id);

CREATE TABLE quota (
  key TEXT NOT NULL PRIMARY KEY,
  sends TEXT NOT NULL,
  held_until INTEGER NOT NULL
);

CREATE TABLE budgets (
  scope TEXT NOT NULL PRIMARY KEY,
  spent INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE TABLE reservations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner TEXT NOT NULL,
  lines TEXT NOT NULL,
  at TEXT NOT NULL
);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (action, subject);

-- Search --------------------------------------------------------------------------------------------------------------

-- Every text of a request but the roles, whatever its shape, so that markup of the JSON is never found.
CREATE VIEW conversation_texts AS
  SELECT id AS rowid,
    (SELECT group_concat(atom, char(10)) FROM json_tree(messages) WHERE type = 'text' AND key IS NOT 'role') AS request,
    response
  FROM conversations;

CREATE VIRTUAL TABLE conversation_search USING fts4 (content="conversation_texts", request, response, tokenize=unicode61);

-- The index forgets a row's old words before they change and learns the new ones afterwards.
CREATE TRIGGER conversation_search_before_update BEFORE UPDATE ON conversations BEGIN
  DELETE FROM conversation_search WHERE docid = old.id;
END;
CREATE TRIGGER conversation_search_before_delete BEFORE DELETE ON conversations BEGIN
  DELETE FROM conversation_search WHERE docid = old.id;
END;
CREATE TRIGGER conversation_search_after_update AFTER UPDATE ON conversations BEGIN
  INSERT INTO conversation_search (docid, request, response)
    SELECT rowid, request, response FROM conversation_texts WHERE rowid = new.id;
END;
CREATE TRIGGER conversation_search_after_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversation_search (docid, request, response)
    SELECT rowid, request, response FROM conversation_texts WHERE rowid = new.id;
END;
`;
