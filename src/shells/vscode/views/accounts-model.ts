import { type AccountFacts, needsPerson } from '../accounts/account-facts.ts';

/** Rows below an account, in their order. */
export const DETAILS = [
  'advice',
  'endpoint',
  'models',
  'limits',
  'today',
  'month',
  'calls',
  'lastTest',
  'lastError',
] as const;

/** A row below an account. */
export type Detail = (typeof DETAILS)[number];

/** What an element of the Accounts view stands for. */
export type AccountElement =
  | { readonly kind: 'problem'; readonly index: number }
  | { readonly kind: 'account'; readonly name: string }
  | { readonly kind: 'detail'; readonly name: string; readonly detail: Detail };

/** Ids of elements, stable over refreshes: `problem:0`, `account:work`, `account:work/today`. */
export function elementOf(name: string, detail?: Detail): string {
  return detail === undefined ? `account:${name}` : `account:${name}/${detail}`;
}

/** Takes an id apart; null: no id of this view. */
export function parseAccountElement(id: unknown): AccountElement | null {
  if (typeof id !== 'string') return null;
  const problem = /^problem:(\d+)$/.exec(id);
  if (problem) return { kind: 'problem', index: Number(problem[1]) };
  if (!id.startsWith('account:')) return null;
  const [name = '', row] = id.slice('account:'.length).split('/');
  if (row === undefined) return { kind: 'account', name };
  const detail = DETAILS.find((each) => each === row);
  return detail === undefined ? null : { kind: 'detail', name, detail };
}

/** Something that is wrong beside the accounts, as one or two sentences. */
export interface AccountsProblem {
  readonly text: string;
  /** The setting that mends it; null: the log says more. */
  readonly setting: string | null;
}

/** Everything that the Accounts view shows. */
export interface AccountsSnapshot {
  readonly accounts: readonly AccountFacts[];
  readonly problems: readonly AccountsProblem[];
}

/** What the Accounts view shows now. Holds no editor objects. */
export class AccountsModel {
  #accounts: ReadonlyMap<string, AccountFacts> = new Map();
  #problems: readonly AccountsProblem[] = [];

  /** Takes new facts over. Returns the ids of the changed elements; null: accounts or problems came, went or moved. */
  take({ accounts, problems }: AccountsSnapshot): readonly string[] | null {
    const before = this.#accounts;
    this.#accounts = new Map(accounts.map((facts) => [facts.setting.name, facts]));
    const sameProblems = JSON.stringify(problems) === JSON.stringify(this.#problems);
    this.#problems = problems;
    const names = [...this.#accounts.keys()];
    if (!sameProblems || JSON.stringify(names) !== JSON.stringify([...before.keys()])) return null;
    return names
      .filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(this.#accounts.get(name)))
      .map((name) => elementOf(name));
  }

  /** Elements at the top of the view. */
  roots(): string[] {
    return [
      ...this.#problems.map((_, index) => `problem:${index}`),
      ...[...this.#accounts.keys()].map((name) => elementOf(name)),
    ];
  }

  account(name: string): AccountFacts | null {
    return this.#accounts.get(name) ?? null;
  }

  problem(index: number): AccountsProblem | null {
    return this.#problems[index] ?? null;
  }

  /** Accounts whose remaining wait changes with the time. */
  cooling(): string[] {
    return [...this.#accounts.values()]
      .filter(({ status }) => status !== null && status.cooldown !== null)
      .map(({ setting }) => elementOf(setting.name));
  }

  /** True when a cooldown is over, so that the account should be looked at again; `now` in epoch ms. */
  isDue(now: number): boolean {
    return [...this.#accounts.values()].some(
      ({ status }) => status?.cooldown && Date.parse(status.cooldown.until) <= now,
    );
  }

  /** Accounts that wait for the person. */
  waiting(): number {
    return [...this.#accounts.values()].filter(needsPerson).length;
  }
}
