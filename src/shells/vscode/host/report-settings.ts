import * as vscode from 'vscode';
import { accountSettings } from '../accounts/account-settings.ts';
import { settingOfProblem } from '../accounts/settings-problems.ts';
import { type Action, actions, notify } from './report.ts';

/** Says once, until it changes, which settings are not used, with a button that opens the first of them. */
export function reportSettings(problems: readonly string[], keys: boolean): void {
  const [first] = problems;
  if (first === undefined) return;
  const text = vscode.l10n.t('Some settings of Ensemble are not used. {0}', problems.join(' '));
  const buttons = [actions.settings(`@id:${settingOfProblem(first)}`), ...(keys ? [keyButton()] : [])];
  notify({ level: 'warning', text, buttons });
}

/** The safe place for the key that stood in the settings. */
function keyButton(): Action {
  return accountSettings().length > 0 ? actions.updateKey() : actions.addAccount();
}
