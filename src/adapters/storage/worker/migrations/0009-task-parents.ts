/** Tasks below the task of a super-agent name it. */
export const TASK_PARENTS = `
ALTER TABLE tasks ADD COLUMN parent_id TEXT;
`;
