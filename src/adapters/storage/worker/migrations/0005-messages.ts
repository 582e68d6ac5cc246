/** Messages between the tasks of a run: a projection of the journal. `receivers` and `deliveries` are JSON. */
export const MESSAGES = `
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL CHECK (message_id >= 1),
  sender TEXT NOT NULL,
  sender_instance TEXT NOT NULL,
  recipient TEXT NOT NULL,
  receivers TEXT,
  type TEXT NOT NULL,
  content TEXT NOT NULL,
  in_reply_to INTEGER,
  sent_at TEXT NOT NULL,
  deliveries TEXT NOT NULL,
  UNIQUE (run_id, message_id)
);
`;
