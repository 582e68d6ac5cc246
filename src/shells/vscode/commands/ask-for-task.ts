import * as vscode from 'vscode';

/** What the person wants done. */
export interface AskedTask {
  readonly task: string;
  /** The agents are told what was done before in this workspace. */
  readonly memory: boolean;
}

/** Asks what the agents shall do; a button beside the text switches their memory for this run. Undefined: left with Escape. */
export function askForTask(memory: boolean): Promise<AskedTask | undefined> {
  const box = vscode.window.createInputBox();
  const toggle = { checked: memory };
  box.title = vscode.l10n.t('Run Task');
  box.placeholder = vscode.l10n.t('Explain the risks of this module and propose a plan');
  box.ignoreFocusOut = true;
  box.buttons = [
    {
      iconPath: new vscode.ThemeIcon('history'),
      tooltip: vscode.l10n.t('Tell the Agents What Was Done Here Before'),
      location: vscode.QuickInputButtonLocation.Input,
      toggle,
    },
  ];
  const showMemory = () => {
    box.prompt = toggle.checked
      ? vscode.l10n.t('What shall the agents do? Selected code goes along, and what was done here before.')
      : vscode.l10n.t('What shall the agents do? Selected code goes along.');
  };
  showMemory();
  return new Promise((resolve) => {
    box.onDidTriggerButton((button) => {
      toggle.checked = button.toggle?.checked ?? toggle.checked;
      showMemory();
    });
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => {
      const task = box.value.trim();
      if (task === '') {
        box.validationMessage = vscode.l10n.t('Say what the agents should do.');
        return;
      }
      resolve({ task, memory: toggle.checked });
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
