import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { ReviewTarget } from '../../../core/requests.ts';
import { openDocument } from '../edits/text-of.ts';
import type { Shell } from '../shell.ts';
import { type ChosenCode, linesAgain } from './code-target.ts';
import { generateTestsFor } from './generate-tests.ts';
import { refactorFor } from './refactor.ts';
import { runInFront } from './results.ts';
import { reviewLines } from './review.ts';
import { runOf } from './runs.ts';

/** Asks the agents once more what a run was asked, about the code as it is now. */
export async function runAgain(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, runInFront(argument), () => true, {
    none: vscode.l10n.t('There is no run yet.'),
    pick: vscode.l10n.t('Which run shall be repeated?'),
  });
  if (!run) return;
  const { runs } = await shell.session.open();
  const request = await runs.request(run.runId);
  if (!request) {
    throw new EnsembleError('not-found', vscode.l10n.t('What this run was asked to do is no longer known.'));
  }
  if (request.kind === 'refactor' || request.kind === 'test-gen') return proposeAgain(shell, run.runId);
  if (request.kind === 'review' && request.target.type === 'text') {
    return reviewAgain(shell, run.runId, request.target);
  }
  const { record } = await runs.get(run.runId);
  await shell.runs.launch(request, record.title, { document: null });
}

type TextTarget = Extract<ReviewTarget, { readonly type: 'text' }>;

async function reviewAgain(shell: Shell, runId: string, { file, startLine, endLine }: TextTarget): Promise<void> {
  const uri = shell.sources.uriOf(runId, file);
  const document = uri && (await documentOf(uri));
  if (!document) throw gone(file);
  await reviewLines(shell, document, endLine === undefined ? null : { first: startLine, last: endLine });
}

function gone(file: string): EnsembleError {
  return new EnsembleError('not-found', vscode.l10n.t('{0} is not there any more.', file), {
    hint: vscode.l10n.t('Open the code where it is now and start again there.'),
  });
}

async function proposeAgain(shell: Shell, runId: string): Promise<void> {
  const request = shell.proposals.requestOf(runId);
  if (request?.target.type !== 'document') return startAnew(shell, runId);
  const { file, text, lines } = request.target;
  const uri = shell.sources.uriOf(runId, file);
  const document = uri && (await documentOf(uri));
  if (!document) throw gone(file);
  const now = linesAgain(lines, text, document);
  await vscode.window.showTextDocument(document, { preview: false });
  if (now === undefined) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('The selected lines have changed too.'), {
      hint: vscode.l10n.t('Select the code again and start from there.'),
    });
  }
  await shell.edits.close(runId);
  const code: ChosenCode = { document, lines: now };
  if (request.kind === 'refactor') await refactorFor(shell, code, request.goals);
  else await generateTestsFor(shell, code, request.framework);
}

/** What was asked is not known after a reload: the person says it again, for the same file. */
async function startAnew(shell: Shell, runId: string): Promise<void> {
  const proposal = await shell.proposals.of(runId);
  const isRefactoring = proposal?.result.kind !== 'test-gen';
  const uri = isRefactoring ? proposal?.files[0]?.uri : undefined;
  await vscode.commands.executeCommand(isRefactoring ? 'ensemble.refactorFile' : 'ensemble.generateFileTests', uri);
}

async function documentOf(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
  const open = openDocument(uri);
  if (open || uri.scheme === 'untitled') return open;
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return null;
  }
}
