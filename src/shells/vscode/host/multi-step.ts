import * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';
import { advance, placeOf, startWizard, type WizardMove, type WizardPlan } from '../accounts/wizard.ts';

/** The person went a step back. */
export const BACK = Symbol('back');
/** The person left with Escape. */
export const LEFT = Symbol('left');

/** What an input of a conversation was answered with. */
export type Answered<T> = T | typeof BACK | typeof LEFT;

/** True for an answer, false where the person went back or left. */
export function isAnswer<T>(answer: Answered<T>): answer is T {
  return answer !== BACK && answer !== LEFT;
}

/** Turns an answer into something else; going back and leaving stay what they are. */
export async function onAnswer<T, U>(asked: Promise<Answered<T>>, use: (value: T) => U): Promise<Answered<U>> {
  const answer: Answered<T> = await asked;
  return isAnswer(answer) ? use(answer) : answer;
}

/** What every input of a conversation shows. */
export interface StepFrame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** A line of text to ask for. */
export interface TextQuestion {
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** What is wrong with a text; null: nothing. */
  problem(text: string): string | null;
}

/** Runs a conversation; resolves with what was answered, also where it was left. */
export async function converse<D, S extends string>(
  plan: WizardPlan<D, S>,
  draft: D,
  title: (draft: D) => string,
  ask: (step: S, draft: D, frame: StepFrame) => Promise<Answered<Omit<WizardMove<D, S> & { type: 'answer' }, 'type'>>>,
): Promise<{ readonly draft: D; readonly finished: boolean }> {
  let state = startWizard(plan, draft);
  while (state.step !== null) {
    const frame = { title: title(state.draft), ...placeOf(plan, state) };
    const answer = await ask(state.step, state.draft, frame);
    state = advance(plan, state, moveOf(answer));
  }
  return state;
}

function moveOf<D, S extends string>(
  answer: Answered<Omit<WizardMove<D, S> & { type: 'answer' }, 'type'>>,
): WizardMove<D, S> {
  if (answer === BACK) return { type: 'back' };
  return answer === LEFT ? { type: 'leave' } : { type: 'answer', ...answer };
}

/** Asks for a line of text. It stays open when the focus goes elsewhere, for example to copy a key. */
export function askText(frame: StepFrame, question: TextQuestion): Promise<Answered<string>> {
  const box = vscode.window.createInputBox();
  Object.assign(box, frame, {
    prompt: question.prompt,
    value: question.value ?? '',
    placeholder: question.placeholder ?? '',
    password: question.password ?? false,
    ignoreFocusOut: true,
  });
  return shown(box, frame, (answer) => {
    const judge = () => {
      box.validationMessage = question.problem(box.value.trim()) ?? undefined;
      return box.validationMessage === undefined;
    };
    // An empty box is not reproached before anything was typed.
    return [
      box.onDidChangeValue(judge),
      box.onDidAccept(() => {
        if (judge()) answer(box.value.trim());
      }),
    ];
  });
}

/** Asks to pick one of some items. */
export function askPick<T extends vscode.QuickPickItem>(
  frame: StepFrame,
  placeholder: string,
  items: readonly T[],
): Promise<Answered<T>> {
  const pick = vscode.window.createQuickPick<T>();
  Object.assign(pick, frame, { placeholder, ignoreFocusOut: true, matchOnDescription: true });
  pick.items = items;
  return shown(pick, frame, (answer) => [
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) answer(item);
    }),
  ]);
}

/** Works with a moving bar that Escape and Back end: then `work`'s signal aborts. */
export function askToWait<T>(
  frame: StepFrame,
  placeholder: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Answered<T>> {
  const pick = vscode.window.createQuickPick();
  Object.assign(pick, frame, { placeholder, busy: true, ignoreFocusOut: true });
  const controller = new AbortController();
  const waiting = shown<T>(pick, frame, (answer, fail) => {
    work(controller.signal).then(answer, fail);
    return [];
  });
  return waiting.finally(() => controller.abort(cancelledError()));
}

function shown<T>(
  input: vscode.QuickInput & Partial<Pick<vscode.QuickPick<vscode.QuickPickItem>, 'buttons'>> & BackButton,
  frame: StepFrame,
  listen: (answer: (value: T) => void, fail: (error: unknown) => void) => vscode.Disposable[],
): Promise<Answered<T>> {
  if (frame.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  const disposables: vscode.Disposable[] = [input];
  const answered = new Promise<Answered<T>>((resolve, reject) => {
    disposables.push(
      input.onDidTriggerButton(() => resolve(BACK)),
      input.onDidHide(() => resolve(LEFT)),
      ...listen(resolve, reject),
    );
    input.show();
  });
  return answered.finally(() => vscode.Disposable.from(...disposables).dispose());
}

interface BackButton {
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
}
