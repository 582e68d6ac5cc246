import * as vscode from 'vscode';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import { LastValues } from './last-values.ts';
import { PromptDiagnostics } from './prompt-diagnostics.ts';
import { PromptFiles } from './prompt-files.ts';
import { PromptPreview } from './prompt-preview.ts';
import { PromptShelf } from './prompt-shelf.ts';
import { promptUri } from './prompt-uri.ts';
import { PromptViews } from './prompt-views.ts';
import { PromptsTree } from './prompts-tree.ts';
import { VersionOffer } from './version-offer.ts';

/** The Prompt Library in the editor: its view, its documents, and what is wrong with them. */
export interface PromptSurface {
  readonly prompts: PromptShelf;
  readonly promptsTree: PromptsTree;
  readonly promptFiles: PromptFiles;
  readonly promptDiagnostics: PromptDiagnostics;
  readonly promptViews: PromptViews;
  readonly promptValues: LastValues;
  readonly promptPreview: PromptPreview;
}

/** What the surface is wired from. */
export interface PromptSurfaceParts {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly outlets: Outlets;
}

/** Wires the Prompt Library; nothing is read yet. */
export function createPromptSurface({ context, session, outlets }: PromptSurfaceParts): PromptSurface {
  const prompts = new PromptShelf(session, (names) => {
    promptsTree.refresh();
    outlets.promptFiles.fire(names.map((name) => ({ type: vscode.FileChangeType.Changed, uri: promptUri(name) })));
  });
  const promptsTree = new PromptsTree(
    prompts,
    context.globalState,
    (elements) => outlets.prompts.fire(elements),
    (look) => outlets.promptsLook.fire(look),
  );
  const promptDiagnostics = new PromptDiagnostics(prompts);
  const promptViews = new PromptViews((uri) => outlets.promptViews.fire(uri));
  const promptValues = new LastValues(context.workspaceState);
  const promptPreview = new PromptPreview({ shelf: prompts, views: promptViews, values: promptValues });
  context.subscriptions.push(promptDiagnostics, promptPreview);
  const offer = new VersionOffer();
  context.subscriptions.push(offer);
  const promptFiles = new PromptFiles(prompts, (name) => offer.show(name));
  return { prompts, promptsTree, promptFiles, promptDiagnostics, promptViews, promptValues, promptPreview };
}
