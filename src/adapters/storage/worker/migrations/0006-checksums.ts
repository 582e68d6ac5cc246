/** Rows get a checksum of their content, so that damage shows that SQLite cannot see. Null: the row is older than this. */
export const CHECKSUMS = `
ALTER TABLE conversations ADD COLUMN checksum INTEGER;
ALTER TABLE documents ADD COLUMN checksum INTEGER;
ALTER TABLE prompt_versions ADD COLUMN checksum INTEGER;
ALTER TABLE journal ADD COLUMN checksum INTEGER;
`;
