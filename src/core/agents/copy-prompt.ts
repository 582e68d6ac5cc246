import type { CopyOf } from '../graph/types.ts';

/** What an agent is told of its part where a task is done several times at once; '' where it is not. */
export function copyPrompt(copy: CopyOf | undefined): string {
  if (copy === undefined) return '';
  const { index, count, item } = copy;
  if (item === null) return `You are number ${index + 1} of ${count} who do this independently of each other.`;
  const text = typeof item === 'string' ? item : JSON.stringify(item, null, 2);
  return `# Your item, ${index + 1} of ${count}\n\n${text}`;
}
