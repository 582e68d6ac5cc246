import { EnsembleError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { redact } from '../policy/redaction.ts';
import type { WorkflowRequest } from '../requests.ts';
import { gatherTarget } from '../review/gather.ts';
import { asProse } from '../review/markdown.ts';
import { renderDecision } from '../together/render-decision.ts';
import { graphOfWorkflow } from '../workflows/catalogue.ts';
import { concludeWorkflow, type WorkflowReport } from '../workflows/conclude-workflow.ts';
import { codeFor, planWorkflow } from '../workflows/plan-workflow.ts';
import {
  type Artifact,
  callSettings,
  type EndedKind,
  type KindContext,
  type PreparedKind,
  type RunKind,
  storedAs,
} from './run-kind.ts';

/** `workflow`: a built-in workflow that is a graph of steps. */
export const WORKFLOW_KIND: RunKind<WorkflowRequest> = {
  prepare,
  conclude: (stored: JsonObject, { tasks }) => {
    const { report } = storedAs<{ readonly report: WorkflowReport }>(stored);
    return {
      result: concludeWorkflow(report, tasks),
      keepsDocument: true,
      documentKind: 'report',
      artifacts: decisionOf(report, tasks),
      partial: report.leftOut.length > 0,
    };
  },
};

async function prepare(typed: WorkflowRequest, context: KindContext): Promise<PreparedKind> {
  const { workspace, signal, knownSecrets } = context;
  // The journal keeps the parameters for ever, so a key that was pasted into one goes first.
  const params = JSON.parse(redact(JSON.stringify(typed.params), knownSecrets).text) as WorkflowRequest['params'];
  const request = { ...typed, params };
  const found = graphOfWorkflow(request);
  if (!found) throw new EnsembleError('internal', `The workflow "${typed.workflow}" is no graph.`);
  const { name, graph } = found;
  if (graph.code && !workspace) {
    throw new EnsembleError('invalid-input', 'There is no folder with code.', { hint: 'Open a folder first.' });
  }
  const gathered = graph.code && workspace ? await gatherTarget(graph.code, workspace, signal, knownSecrets) : null;
  const code = gathered ? codeFor(gathered) : null;
  const tasks = planWorkflow(graph, code, {
    call: callSettings(context, null, context.config.history.memory),
    communicates: context.config.engine.enableCommunication,
  });
  const report: WorkflowReport = {
    ...{ title: name, report: graph.report, leftOut: code?.leftOut ?? [] },
    ...(graph.decision ? { decision: { id: graph.decision.id, question: graph.decision.question } } : {}),
  };
  const files = new Set(code?.pieces.map(({ path }) => path)).size;
  return {
    title: name,
    stored: { request, report },
    tasks,
    expectedCalls: tasks.length,
    ...(code ? { scope: `${files} ${files === 1 ? 'file' : 'files'} to read` } : {}),
  };
}

/** What the agents have agreed on, to be found again by the question. */
function decisionOf({ decision }: WorkflowReport, tasks: EndedKind['tasks']): Artifact[] {
  const task = tasks.find(({ id, status }) => id === decision?.id && status === 'completed');
  const text = task ? renderDecision(task.output) : null;
  if (decision === undefined || text === null) return [];
  const content = `# ${asProse(decision.question)}\n\n${text}\n`;
  return [{ name: 'decision', title: decision.question, kind: 'decision', format: 'markdown', content }];
}
