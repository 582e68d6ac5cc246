/**
 * Conversations know their agent and the one that they repeat; lists of the history have indexes that hold all that is
 * counted and sorted by; folders are known again when they have moved. The search index learns of a conversation only when a
 * text changes.
 */
export const HISTORY_FILTERS = `
DROP TRIGGER conversation_search_before_update;
DROP TRIGGER conversation_search_after_update;

ALTER TABLE conversations ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN rerun_of INTEGER;
UPDATE conversations SET agent = coalesce((SELECT agent_type FROM agents WHERE agents.task_id = conversations.task_id), '');

CREATE TRIGGER conversation_search_before_update BEFORE UPDATE OF id, messages, response ON conversations BEGIN
  DELETE FROM conversation_search WHERE docid = old.id;
END;
CREATE TRIGGER conversation_search_after_update AFTER UPDATE OF id, messages, response ON conversations BEGIN
  INSERT INTO conversation_search (docid, request, response)
    SELECT rowid, request, response FROM conversation_texts WHERE rowid = new.id;
END;

CREATE INDEX conversations_by_model ON conversations (model, run_id);
CREATE INDEX conversations_by_account ON conversations (account, run_id);
CREATE INDEX conversations_by_agent ON conversations (agent, run_id);
CREATE INDEX conversations_by_type ON conversations (type);
CREATE INDEX conversations_not_completed ON conversations (status, run_id) WHERE status <> 'completed';
CREATE INDEX conversations_again ON conversations (rerun_of) WHERE rerun_of IS NOT NULL;

DROP INDEX runs_by_time;
DROP INDEX runs_by_workspace;
CREATE INDEX runs_ended ON runs (created_at, run_id, status, kind)
  WHERE status NOT IN ('queued', 'running', 'suspended', 'interrupted');
CREATE INDEX runs_ended_in_workspace ON runs (workspace, created_at, run_id, status, kind)
  WHERE status NOT IN ('queued', 'running', 'suspended', 'interrupted');
CREATE INDEX runs_by_workspace ON runs (workspace, run_id);

CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  identities TEXT NOT NULL DEFAULT '[]',
  attached_to TEXT
);

ALTER TABLE deletions ADD COLUMN documents_kept INTEGER NOT NULL DEFAULT 0;
`;
