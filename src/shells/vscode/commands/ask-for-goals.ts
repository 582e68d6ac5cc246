import * as vscode from 'vscode';

const STATE_KEY = 'ensemble.refactorGoals';
const KEPT = 5;

interface GoalItem extends vscode.QuickPickItem {
  readonly goals?: string;
}

/**
 * Asks what should become better: own words, the last ones again, or a usual goal. Undefined: escaped. Remembers own words
 * for the next time.
 */
export async function askForGoals(memento: vscode.Memento, title: string): Promise<string | undefined> {
  const usual = usualGoals();
  const recent = memento.get<readonly string[]>(STATE_KEY, []);
  const goals = await pick(title, recent, usual);
  if (goals !== undefined && !usual.some((each) => each.goals === goals)) {
    await memento.update(STATE_KEY, [goals, ...recent.filter((each) => each !== goals)].slice(0, KEPT));
  }
  return goals;
}

function pick(title: string, recent: readonly string[], usual: readonly GoalItem[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<GoalItem>();
  box.title = title;
  box.placeholder = vscode.l10n.t('What should become better? Choose, or say it in your own words.');
  box.matchOnDetail = true;
  box.ignoreFocusOut = true;
  const items = (typed: string) => [
    ...(typed === ''
      ? []
      : [{ label: typed, description: vscode.l10n.t('in your own words'), goals: typed, alwaysShow: true }]),
    ...section(
      vscode.l10n.t('Last used'),
      recent.map((goals) => ({ label: goals, goals })),
    ),
    ...section(vscode.l10n.t('Usual goals'), usual),
  ];
  box.items = items('');
  box.onDidChangeValue((value) => {
    box.items = items(value.trim());
  });
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      const goals = box.selectedItems[0]?.goals;
      if (goals === undefined) return;
      resolve(goals);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

function section(label: string, items: readonly GoalItem[]): GoalItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function usualGoals(): GoalItem[] {
  return [
    {
      label: vscode.l10n.t('Readability'),
      detail: vscode.l10n.t('Clearer names and structure, without a change of behaviour'),
      goals: 'Readability: clearer names and structure, without a change of behaviour.',
    },
    {
      label: vscode.l10n.t('Extract Functions'),
      detail: vscode.l10n.t('Split long functions into small ones with one purpose each'),
      goals: 'Extract functions: split long functions into small ones with one purpose each.',
    },
    {
      label: vscode.l10n.t('Error Handling'),
      detail: vscode.l10n.t('Handle what can fail, with messages that help'),
      goals: 'Error handling: handle what can fail, with messages that help; hide no error.',
    },
    {
      label: vscode.l10n.t('Performance'),
      detail: vscode.l10n.t('Less work and memory for the same result'),
      goals: 'Performance: less work and memory for the same result.',
    },
  ];
}
