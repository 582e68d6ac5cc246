/**
 * The pace of a quota key as one document: sends, hold, and what the vendor's answers taught. The old rows held send times of the last
 * minute and short holds only, so they are not carried over.
 */
export const QUOTA_STATE = `
DROP TABLE quota;
CREATE TABLE quota (
  key TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL
);
CREATE INDEX usage_by_time ON usage (at);
`;
