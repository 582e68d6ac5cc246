/**
 * Documents get versions, kinds, tags and a workspace of their own. `documents` holds the newest version of each, as S1 has it;
 * `document_versions` all of them. A row of it is never changed.
 */
export const DOCUMENT_VERSIONS = `
ALTER TABLE documents ADD COLUMN kind TEXT NOT NULL DEFAULT 'document';
ALTER TABLE documents ADD COLUMN workspace TEXT;
ALTER TABLE documents ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN updated_at TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN deleted_at TEXT;

CREATE TABLE document_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version >= 1),
  task_id TEXT NOT NULL,
  artifact TEXT,
  format TEXT NOT NULL,
  size INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL,
  checksum INTEGER,
  content TEXT NOT NULL,
  UNIQUE (document_id, version)
);

DROP TRIGGER document_search_before_update;
DROP TRIGGER document_search_before_delete;
DROP TRIGGER document_search_after_update;
DROP TRIGGER document_search_after_insert;
DROP TABLE document_search;

UPDATE documents SET size = length(CAST(content AS BLOB)), updated_at = created_at, format = coalesce(format, 'markdown'),
  workspace = (SELECT workspace FROM runs
    WHERE run_id = CASE instr(task_id, '/') WHEN 0 THEN task_id ELSE substr(task_id, 1, instr(task_id, '/') - 1) END);

INSERT INTO document_versions (document_id, version, task_id, format, size, author, reason, created_at, content)
  SELECT id, 1, task_id, format, size, '', 'first version kept', created_at, content FROM documents;

-- Tags are words like those of the text; what changes neither leaves the index alone.
CREATE VIRTUAL TABLE document_search USING fts4 (content="documents", title, tags, content, tokenize=unicode61);
INSERT INTO document_search (document_search) VALUES ('rebuild');
CREATE TRIGGER document_search_before_update BEFORE UPDATE OF title, tags, content ON documents BEGIN
  DELETE FROM document_search WHERE docid = old.id;
END;
CREATE TRIGGER document_search_before_delete BEFORE DELETE ON documents BEGIN
  DELETE FROM document_search WHERE docid = old.id;
END;
CREATE TRIGGER document_search_after_update AFTER UPDATE OF title, tags, content ON documents BEGIN
  INSERT INTO document_search (docid, title, tags, content) VALUES (new.id, new.title, new.tags, new.content);
END;
CREATE TRIGGER document_search_after_insert AFTER INSERT ON documents BEGIN
  INSERT INTO document_search (docid, title, tags, content) VALUES (new.id, new.title, new.tags, new.content);
END;

CREATE UNIQUE INDEX document_versions_by_artifact ON document_versions (task_id, artifact) WHERE artifact IS NOT NULL;
CREATE INDEX document_versions_by_task ON document_versions (task_id);
CREATE INDEX documents_by_title ON documents (title, kind, workspace);
CREATE INDEX documents_by_time ON documents (updated_at) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_workspace ON documents (workspace, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_kind ON documents (kind, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX documents_by_tags ON documents (tags) WHERE deleted_at IS NULL AND tags <> '[]';
CREATE INDEX documents_deleted ON documents (deleted_at) WHERE deleted_at IS NOT NULL;
`;
