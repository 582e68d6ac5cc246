/** What was done stays on record: entries of the audit log are neither changed nor deleted. */
export const AUDIT_APPEND_ONLY = `
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE INDEX audit_by_time ON audit (at);
`;
