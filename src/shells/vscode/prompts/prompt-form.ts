import * as vscode from 'vscode';
import { type KnownVariable, valueProblem } from '../../../core/prompts/prompt-rules.ts';
import { type Answer, BACK } from './form-answer.ts';
import { pickFile, type TextSource, textSources } from './text-sources.ts';

/** One step of the form. */
interface Step {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly value: string;
}

/**
 * Asks for variables one after the other, with a way back; `last` is what was given before. Resolves with their values, optional
 * ones left out where nothing was given; undefined: the person stopped.
 */
export async function askForVariables(
  title: string,
  variables: readonly KnownVariable[],
  last: Readonly<Record<string, string>>,
): Promise<Record<string, string> | undefined> {
  const values: Record<string, string> = {};
  let index = 0;
  while (index < variables.length) {
    const variable = variables[index];
    if (!variable) break;
    const value = values[variable.name] ?? last[variable.name] ?? variable.default ?? '';
    const step = { title, step: index + 1, totalSteps: variables.length, value };
    const answer = await ask(variable, step);
    if (answer === undefined) return undefined;
    if (answer === BACK) {
      index--;
      continue;
    }
    if (answer === '') delete values[variable.name];
    else values[variable.name] = answer;
    index++;
  }
  return values;
}

function ask(variable: KnownVariable, step: Step): Promise<Answer> {
  if (variable.choices.length > 0) {
    const choices = variable.choices.map((value) => ({ label: value, value }));
    return pick(variable, step, choices);
  }
  if (variable.type === 'boolean') {
    const choices = [
      { label: vscode.l10n.t('Yes'), value: 'true' },
      { label: vscode.l10n.t('No'), value: 'false' },
    ];
    return pick(variable, step, choices);
  }
  return type(variable, step);
}

function type(variable: KnownVariable, step: Step): Promise<Answer> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { ...step, prompt: promptOf(variable), ignoreFocusOut: true });
  // A box has one line: a longer text is offered again by its source, not by its pieces.
  if (step.value.includes('\n')) input.value = '';
  const kind = variable.type === 'number' ? vscode.l10n.t('a number') : variable.name;
  input.placeholder = variable.required ? kind : vscode.l10n.t('{0} (optional)', kind);
  const sources = variable.type === 'number' ? [] : textSources(variable);
  input.buttons = [...backOf(step), ...sources];
  return new Promise((resolve) => {
    input.onDidTriggerButton(async (button) => {
      if (button === vscode.QuickInputButtons.Back) {
        resolve(BACK);
        return input.hide();
      }
      // The box closes while another part of the editor is used; `resolve` counts once, so this promise comes first.
      const text = (button as TextSource).read(variable);
      resolve(text.then((value) => value ?? type(variable, step)));
      input.hide();
    });
    input.onDidChangeValue((value) => {
      const problem = value.trim() === '' ? null : valueProblem(variable, value);
      input.validationMessage = problem ?? undefined;
    });
    input.onDidAccept(async () => {
      const isEmpty = input.value.trim() === '';
      if (isEmpty && variable.type === 'file' && variable.required) {
        resolve(pickFile(variable).then((value) => value ?? type(variable, step)));
        return input.hide();
      }
      if (variable.required && isEmpty) {
        input.validationMessage = vscode.l10n.t('The prompt needs a value for "{0}".', variable.name);
        return;
      }
      if (!isEmpty && valueProblem(variable, input.value) !== null) return;
      resolve(input.value);
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}

function pick(
  variable: KnownVariable,
  step: Step,
  choices: readonly { readonly label: string; readonly value: string }[],
): Promise<Answer> {
  const list = vscode.window.createQuickPick();
  const none = { label: vscode.l10n.t('(nothing)'), value: '' };
  const items = [...(variable.required ? [] : [none]), ...choices];
  const { value, ...rest } = step;
  Object.assign(list, { ...rest, ignoreFocusOut: true, placeholder: promptOf(variable), buttons: backOf(step) });
  list.items = items;
  const preset = items.find((item) => item.value === value);
  if (preset) list.activeItems = [preset];
  return new Promise((resolve) => {
    list.onDidTriggerButton(() => {
      resolve(BACK);
      list.hide();
    });
    list.onDidAccept(() => {
      const [active] = list.activeItems;
      if (!active) return;
      resolve((active as (typeof items)[number]).value);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

function backOf({ step }: Step): vscode.QuickInputButton[] {
  return step > 1 ? [vscode.QuickInputButtons.Back] : [];
}

function promptOf({ name, description, required }: KnownVariable): string {
  const text = description === '' ? name : `${name}: ${description}`;
  return required ? text : vscode.l10n.t('{0} (optional, may be left empty)', text);
}
