/** What the tools, handoffs and guardrails of a task have come to (JSON); null: none. */
export const TASK_TRACE = `
ALTER TABLE tasks ADD COLUMN trace TEXT;
`;
