import * as vscode from 'vscode';
import { keyProblem } from '../../../core/accounts/key-text.ts';
import type { ProviderId } from '../../../core/model.ts';
import { type Answered, askText, onAnswer, type StepFrame } from '../host/multi-step.ts';

/** Asks for a key in a password box. Null: left empty where the provider needs none. */
export function askForKey(
  frame: StepFrame,
  account: { readonly name: string; readonly provider: ProviderId; readonly baseURL: string | null },
  required: boolean,
): Promise<Answered<string | null>> {
  const key = askText(frame, {
    password: true,
    prompt: required
      ? vscode.l10n.t(
          "Key of {0}. It is kept in the editor's secret storage and sent only to the provider.",
          account.name,
        )
      : vscode.l10n.t('Key of {0}. Leave it empty if the server needs none.', account.name),
    problem: (text) => {
      if (text === '') return required ? vscode.l10n.t('Enter the key.') : null;
      const problem = keyProblem(text, account);
      if (problem?.what === 'characters') return vscode.l10n.t('A key has no spaces, quotes or line breaks in it.');
      return problem ? vscode.l10n.t('This is a key of another provider: {0}.', problem.vendor) : null;
    },
  });
  return onAnswer(key, (text) => text || null);
}
