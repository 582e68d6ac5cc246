import { outputText } from '../context/task-context.ts';
import type { Json } from '../json.ts';
import type { TaskResult } from '../results.ts';
import type { PathReason } from '../review/gathered.ts';
import { renderDecision } from '../together/render-decision.ts';

/** What the conclusion knows of the workflow. */
export interface WorkflowReport {
  readonly title: string;
  /** Id of the step that sums the others up; null: the results stand side by side. */
  readonly report: string | null;
  /** What was decided together, and the step that has the decision. Default: nothing. */
  readonly decision?: { readonly id: string; readonly question: string };
  /** Code that no step has seen. */
  readonly leftOut: readonly PathReason[];
}

/** The result of a workflow, as Markdown: the report first, then what each step has found, then what is missing. */
export function concludeWorkflow({ title, report, leftOut }: WorkflowReport, tasks: readonly TaskResult[]): string {
  const missing = tasks.filter((task) => task.status !== 'completed' && !isSpareRound(task, report));
  const summary = tasks.find(({ id, status }) => id === report && status === 'completed');
  const steps = tasks.filter((task) => task !== summary && task.status === 'completed');
  return [
    `# ${title}`,
    ...(summary ? [readable(summary.output)] : []),
    ...steps.map((task) => `## ${task.description}\n\n${readable(task.output)}`),
    ...(missing.length > 0 ? [`## Not done\n\n${missing.map(missingLine).join('\n')}`] : []),
    ...(leftOut.length > 0
      ? [`## Not looked at\n\n${leftOut.map(({ path, reason }) => `- \`${path}\`: ${reason}`).join('\n')}`]
      : []),
  ].join('\n\n');
}

/** A round that a negotiation did not need is no lack. */
function isSpareRound({ id, status }: TaskResult, report: string | null): boolean {
  return status === 'skipped' && report !== null && id.startsWith(`${report}.`);
}

/** An output for people: votes, positions and decisions as sentences, everything else as it stands. */
function readable(output: Json): string {
  return renderDecision(output) ?? outputText(output);
}

function missingLine({ description, status, error }: TaskResult): string {
  const reason = error ? [error.message, error.hint].filter(Boolean).join(' ') : `It was ${status}.`;
  return `- **${description}**: ${reason}`;
}
