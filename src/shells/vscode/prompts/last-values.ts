import type * as vscode from 'vscode';

const KEY = 'ensemble.promptValues';
/** Prompts whose values are remembered; the oldest goes first. */
const MOST_PROMPTS = 100;
/** Longer values are not remembered, characters. */
const LONGEST = 2000;

type Values = Readonly<Record<string, string>>;

/** What a person gave for the variables of a prompt last, in this workspace. */
export class LastValues {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  of(prompt: string): Values {
    return new Map(this.#all()).get(prompt) ?? {};
  }

  async remember(prompt: string, values: Values): Promise<void> {
    const short = Object.entries(values).filter(([, value]) => value.length <= LONGEST);
    const others = this.#all().filter(([name]) => name !== prompt);
    await this.#state.update(KEY, [...others, [prompt, Object.fromEntries(short)]].slice(-MOST_PROMPTS));
  }

  #all(): readonly (readonly [string, Values])[] {
    return this.#state.get<readonly (readonly [string, Values])[]>(KEY, []);
  }
}
