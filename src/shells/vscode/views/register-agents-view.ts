import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

/** Registers the Agents view; its content is loaded when the view is first shown. */
export function registerAgentsView(shell: Lazy<Shell>, { agents, revealed, questions }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.agents', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: agents.event,
      getChildren: async (element) => {
        const tree = (await shell()).agents;
        const children = await tree.children(element ?? null);
        if (element === undefined) view.badge = badgeOf(tree.stopped(), tree.questions());
        return children;
      },
      getTreeItem: async (element) => (await shell()).agents.item(element),
      getParent: async (element) => (await shell()).agents.parent(element),
    },
  });
  const reveal = revealed.event(async (runId) => {
    const element = (await shell()).agents.elementOf(runId);
    await view.reveal(element, { select: true, focus: true, expand: true });
  });
  const asked = questions.event(async (count) => {
    view.badge = badgeOf((await shell()).agents.stopped(), count);
  });
  return vscode.Disposable.from(view, reveal, asked);
}

/** What waits for the person: questions of agents before runs that stopped and can go on. */
function badgeOf(stopped: number, questions: number): vscode.ViewBadge | undefined {
  const texts = [
    ...(questions === 0 ? [] : [questionsText(questions)]),
    ...(stopped === 0 ? [] : [stoppedText(stopped)]),
  ];
  return texts.length === 0 ? undefined : { value: questions || stopped, tooltip: texts.join(', ') };
}

function questionsText(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 agent waits for your decision')
    : vscode.l10n.t('{0} agents wait for your decision', count);
}

function stoppedText(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 stopped run can be resumed')
    : vscode.l10n.t('{0} stopped runs can be resumed', count);
}
