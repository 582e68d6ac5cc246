import { EnsembleError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ReviewRequest } from '../requests.ts';
import { concludeReview } from '../review/conclude-review.ts';
import { dismissalsFor } from '../review/dismissals.ts';
import { type Gathered, type GatherReport, gatherTarget, reportOf } from '../review/gather.ts';
import { planReview } from '../review/plan-review.ts';
import { sarifLog } from '../review/sarif.ts';
import {
  type Artifact,
  type ConcludedKind,
  callSettings,
  type EndedKind,
  type KindContext,
  type PreparedKind,
  type RunKind,
  storedAs,
} from './run-kind.ts';

/** `review`: lenses look at the code at once, a summary follows. */
export const REVIEW_KIND: RunKind<ReviewRequest> = { prepare, conclude };

async function prepare(request: ReviewRequest, context: KindContext): Promise<PreparedKind> {
  const { workspace, stores, signal, knownSecrets } = context;
  if (!workspace) {
    throw new EnsembleError('nothing-to-review', 'There is no folder to review.', { hint: 'Open a folder first.' });
  }
  const gathered = await gatherTarget(request.target, workspace, signal, knownSecrets);
  const decisions = await stores.findings.decisions(workspace.root);
  const tasks = planReview(gathered, {
    depth: request.depth,
    call: callSettings(context, null),
    communicates: context.config.engine.enableCommunication,
    dismissals: dismissalsFor(
      decisions,
      gathered.files.map(({ path }) => path),
    ),
  });
  // The text of a selection is in the tasks already; the snapshot keeps only what the conclusion needs.
  const target = withoutText(request.target);
  return {
    title: titleOf(request),
    stored: { request: { ...request, target }, gathered: reportOf(gathered) },
    tasks,
    expectedCalls: tasks.length,
    mayReadFiles: request.depth !== 'quick',
    scope: scopeOf(gathered),
    alwaysConfirm: reviewsEverything(request),
  };
}

function conclude(stored: JsonObject, { tasks, specs, llm, ...ended }: EndedKind): ConcludedKind {
  const { gathered } = storedAs<{ readonly gathered: GatherReport }>(stored);
  const { findings, dismissed, coverage, markdown } = concludeReview({ tasks, specs, gathered, llm });
  const { kind, workflow } = ended.snapshot;
  const sarif = sarifLog({ ...ended, kind, workflow, findings, coverage, error: null }, null);
  const content = `${JSON.stringify(sarif, null, 2)}\n`;
  const artifacts: Artifact[] =
    findings.length === 0 ? [] : [{ name: 'findings', kind: 'findings', format: 'json', content }];
  return {
    ...{ result: markdown, findings, dismissed, coverage, partial: !coverage.complete },
    ...{ keepsDocument: true, documentKind: 'report', artifacts },
  };
}

function titleOf({ target }: ReviewRequest): string {
  if (target.type === 'diff')
    return target.base === null ? 'Review of uncommitted changes' : `Review of changes since ${target.base}`;
  if (target.type === 'text') return `Review of ${target.file}`;
  const [first] = target.paths;
  if (target.paths.length !== 1 || first === undefined) return `Review of ${target.paths.length} paths`;
  return `Review of ${first === '' ? 'the workspace' : first}`;
}

function withoutText(target: ReviewRequest['target']): ReviewRequest['target'] {
  if (target.type !== 'text') return target;
  const lines = target.text.replace(/(?:\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/).length;
  return { ...target, text: '', endLine: target.startLine + lines - 1 };
}

/** What a review reads and leaves out, for the estimate. */
function scopeOf({ files, skipped }: Gathered): string {
  const left = skipped.length === 0 ? '' : `, ${skipped.length} left out`;
  return `${files.length} ${files.length === 1 ? 'file' : 'files'} to review${left}`;
}

/** True for a review of everything that is open: it may cost more than it looks. */
function reviewsEverything({ target }: ReviewRequest): boolean {
  return target.type === 'paths' && target.paths.some((path) => path === '' || path === '.' || path === './');
}
