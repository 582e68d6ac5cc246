import * as vscode from 'vscode';
import { type Answered, askText, onAnswer, type StepFrame } from '../host/multi-step.ts';

/** Asks for a key in a password box. Null: left empty where the provider needs none. */
export function askForKey(frame: StepFrame, account: string, required: boolean): Promise<Answered<string | null>> {
  const key = askText(frame, {
    password: true,
    prompt: required
      ? vscode.l10n.t("Key of {0}. It is kept in the editor's secret storage and sent only to the provider.", account)
      : vscode.l10n.t('Key of {0}. Leave it empty if the server needs none.', account),
    problem: (text) => {
      if (text === '') return required ? vscode.l10n.t('Enter the key.') : null;
      return /\s/.test(text) ? vscode.l10n.t('A key has no spaces or line breaks in it.') : null;
    },
  });
  return onAnswer(key, (text) => text || null);
}
