/**
 * Prompts get categories, tags, declared variables, versions, favourites and a search; documents get a search; runs are
 * found by time and workspace; what was deleted is remembered, so that no restored backup brings it back.
 */
export const LIBRARY_AND_HISTORY = `
-- Prompts -------------------------------------------------------------------------------------------------------------

ALTER TABLE prompts ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE prompts ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE prompts ADD COLUMN parameters TEXT NOT NULL DEFAULT '[]';
ALTER TABLE prompts ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE prompt_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  template TEXT NOT NULL,
  variables TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  tags TEXT NOT NULL,
  parameters TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (name, version)
);
INSERT INTO prompt_versions (name, version, template, variables, description, category, tags, parameters, author, reason, created_at)
  SELECT name, 1, template, variables, coalesce(description, ''), '', '[]', '[]', '', 'first version kept', created_at FROM prompts;

CREATE TABLE prompt_favourites (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE prompt_search USING fts4 (content="prompts", name, description, category, tags, template, tokenize=unicode61);
INSERT INTO prompt_search (prompt_search) VALUES ('rebuild');
CREATE TRIGGER prompt_search_before_update BEFORE UPDATE ON prompts BEGIN
  DELETE FROM prompt_search WHERE docid = old.id;
END;
CREATE TRIGGER prompt_search_before_delete BEFORE DELETE ON prompts BEGIN
  DELETE FROM prompt_search WHERE docid = old.id;
END;
CREATE TRIGGER prompt_search_after_update AFTER UPDATE ON prompts BEGIN
  INSERT INTO prompt_search (docid, name, description, category, tags, template)
    VALUES (new.id, new.name, new.description, new.category, new.tags, new.template);
END;
CREATE TRIGGER prompt_search_after_insert AFTER INSERT ON prompts BEGIN
  INSERT INTO prompt_search (docid, name, description, category, tags, template)
    VALUES (new.id, new.name, new.description, new.category, new.tags, new.template);
END;

-- History -------------------------------------------------------------------------------------------------------------

CREATE VIRTUAL TABLE document_search USING fts4 (content="documents", title, content, tokenize=unicode61);
INSERT INTO document_search (document_search) VALUES ('rebuild');
CREATE TRIGGER document_search_before_update BEFORE UPDATE ON documents BEGIN
  DELETE FROM document_search WHERE docid = old.id;
END;
CREATE TRIGGER document_search_before_delete BEFORE DELETE ON documents BEGIN
  DELETE FROM document_search WHERE docid = old.id;
END;
CREATE TRIGGER document_search_after_update AFTER UPDATE ON documents BEGIN
  INSERT INTO document_search (docid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TRIGGER document_search_after_insert AFTER INSERT ON documents BEGIN
  INSERT INTO document_search (docid, title, content) VALUES (new.id, new.title, new.content);
END;

CREATE INDEX documents_by_task ON documents (task_id);
CREATE INDEX runs_by_time ON runs (created_at);
CREATE INDEX runs_by_workspace ON runs (workspace, created_at);
CREATE INDEX runs_unfinished ON runs (id) WHERE status IN ('queued', 'running', 'suspended', 'interrupted');
CREATE INDEX journal_by_blob ON journal (blob_hash) WHERE blob_hash IS NOT NULL;

CREATE TABLE deletions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL
);
`;
