import { EnsembleError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { redact } from '../policy/redaction.ts';
import type { WorkflowRequest } from '../requests.ts';
import { gatherTarget } from '../review/gather.ts';
import { graphOfWorkflow } from '../workflows/catalogue.ts';
import { concludeWorkflow, type WorkflowReport } from '../workflows/conclude-workflow.ts';
import { codeFor, planWorkflow } from '../workflows/plan-workflow.ts';
import { callSettings, type KindContext, type PreparedKind, type RunKind, storedAs } from './run-kind.ts';

/** `workflow`: a built-in workflow that is a graph of steps. */
export const WORKFLOW_KIND: RunKind<WorkflowRequest> = {
  prepare,
  conclude: (stored: JsonObject, { tasks }) => {
    const { report } = storedAs<{ readonly report: WorkflowReport }>(stored);
    return { result: concludeWorkflow(report, tasks), keepsDocument: true, partial: report.leftOut.length > 0 };
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
    call: callSettings(context, null),
    communicates: context.config.engine.enableCommunication,
  });
  const report: WorkflowReport = { title: name, report: graph.report, leftOut: code?.leftOut ?? [] };
  const files = new Set(code?.pieces.map(({ path }) => path)).size;
  return {
    title: name,
    stored: { request, report },
    tasks,
    expectedCalls: tasks.length,
    ...(code ? { scope: `${files} ${files === 1 ? 'file' : 'files'} to read` } : {}),
  };
}
