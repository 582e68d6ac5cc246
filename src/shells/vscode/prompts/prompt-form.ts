import * as vscode from 'vscode';
import type { KnownVariable } from '../../../core/prompts/prompt-rules.ts';

const BACK = Symbol('back');
type Answer = string | typeof BACK | undefined;

/** One step of the form. */
interface Step {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly value: string;
}

/**
 * Asks for variables one after the other, with a way back. Resolves with their values, optional ones left out where
 * nothing was given; undefined: the person stopped.
 */
export async function askForVariables(
  title: string,
  variables: readonly KnownVariable[],
): Promise<Record<string, string> | undefined> {
  const values: Record<string, string> = {};
  let index = 0;
  while (index < variables.length) {
    const variable = variables[index];
    if (!variable) break;
    const value = values[variable.name] ?? variable.default ?? '';
    const step = { title, step: index + 1, totalSteps: variables.length, value };
    const answer: Answer = variable.choices.length > 0 ? await pick(variable, step) : await type(variable, step);
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

function type(variable: KnownVariable, step: Step): Promise<Answer> {
  const input = vscode.window.createInputBox();
  const paste = {
    iconPath: new vscode.ThemeIcon('clippy'),
    tooltip: vscode.l10n.t('Use the text of the clipboard, with all its lines'),
  };
  Object.assign(input, { ...step, prompt: promptOf(variable), ignoreFocusOut: true });
  input.placeholder = variable.required ? variable.name : vscode.l10n.t('{0} (optional)', variable.name);
  input.buttons = [...backOf(step), paste];
  return new Promise((resolve) => {
    input.onDidTriggerButton(async (button) => {
      if (button === vscode.QuickInputButtons.Back) resolve(BACK);
      else resolve((await vscode.env.clipboard.readText()) || undefined);
      input.hide();
    });
    input.onDidChangeValue(() => {
      input.validationMessage = undefined;
    });
    input.onDidAccept(() => {
      if (variable.required && input.value.trim() === '') {
        input.validationMessage = vscode.l10n.t('The prompt needs a value for "{0}".', variable.name);
        return;
      }
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

function pick(variable: KnownVariable, step: Step): Promise<Answer> {
  const list = vscode.window.createQuickPick();
  const none = { label: vscode.l10n.t('(nothing)'), value: '' };
  const items = [...(variable.required ? [] : [none]), ...variable.choices.map((value) => ({ label: value, value }))];
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
