import type { Command } from 'commander';
import { providerChoices, tryAccount } from '../../../compose.ts';
import type { AccountOverview } from '../../../core/accounts/configured-accounts.ts';
import { hasKey } from '../../../core/accounts/has-key.ts';
import type { AccountStatus } from '../../../core/accounts/types.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { NO_USAGE } from '../../../core/model.ts';
import type { UsageSummary } from '../../../core/ports.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { duration, localTime, tokenSum, usd } from '../format.ts';
import { table } from '../layout.ts';
import type { Perform } from '../perform.ts';
import { readKeys } from '../read-keys.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { Style } from '../style.ts';

/** An account as `accounts list` prints it: how it does, and what it did since midnight UTC. */
type AccountRow = AccountOverview & {
  readonly today: Omit<UsageSummary, 'account'>;
  /** There is no key that it could be asked with. */
  readonly keyMissing: boolean;
};

const NOTHING_TODAY = { account: '', calls: 0, failures: 0, tokens: NO_USAGE, costUSD: 0, unknownCosts: 0 };

/** `ensemble accounts`. */
export function registerAccounts(program: Command, perform: Perform): void {
  const accounts = program.command('accounts').description('list and test accounts, change keys');
  accounts
    .command('list')
    .description('the accounts, how they do, and what they did today (UTC)')
    .action((_flags: unknown, command: Command) => perform(command.optsWithGlobals(), list));
  accounts
    .command('test')
    .description('ask accounts for their models, to see whether key and endpoint work')
    .argument('[name]', 'only this account')
    .action((name: string | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => test(session, name)),
    );
  accounts
    .command('rotate')
    .description('replace the key of an account in the system keyring by one from standard input, tested before')
    .argument('<name>', 'the account')
    .action((name: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => rotate(session, name)),
    );
}

async function list(session: Session): Promise<number> {
  const { ensemble, configSource, configNotices, secrets } = await session.open();
  for (const notice of configNotices) session.notice(notice);
  const midnight = new Date(session.host.now());
  midnight.setUTCHours(0, 0, 0, 0);
  const [status, usage] = await Promise.all([
    ensemble.accounts.status(),
    ensemble.accounts.usage(midnight.toISOString()),
  ]);
  const needsKey = new Set<string>(providerChoices().flatMap(({ id, needsKey }) => (needsKey ? [id] : [])));
  const rows = await Promise.all(
    status.map(async (one): Promise<AccountRow> => {
      const { account: _, ...today } = usage.find(({ account }) => account === one.name) ?? NOTHING_TODAY;
      return { ...one, today, keyMissing: needsKey.has(one.provider) && !(await hasKey(secrets, one.name)) };
    }),
  );
  session.emit({
    json: () => listDocument(rows),
    text: () => [...accountTable(rows, session), '', session.style.dim(`From ${configSource}`)],
  });
  return EXIT.completed;
}

function accountTable(rows: readonly AccountRow[], { style, tableColumns }: Session): string[] {
  return table<AccountRow>(
    rows,
    [
      { title: 'Account', text: ({ name }) => oneLine(name), paint: style.bold },
      { title: 'Provider', text: ({ provider }) => provider },
      { title: 'Endpoint', text: ({ endpoint }) => oneLine(endpoint), flexible: true, paint: style.dim },
      { title: 'State', text: stateOf, paint: (cell, row) => paintState(cell, row, style) },
      { title: 'Free', text: headroomBar, paint: style.dim },
      {
        title: 'Calls',
        text: ({ today }) => `${today.calls}${today.failures > 0 ? ` (${today.failures} failed)` : ''}`,
        align: 'right',
      },
      { title: 'Tokens', text: ({ today }) => tokenSum(today.tokens), align: 'right' },
      {
        title: 'Cost',
        text: ({ today, spending }) => spent(today.costUSD, today.unknownCosts, spending.perDayUSD),
        align: 'right',
      },
      {
        title: 'Month',
        text: ({ spending }) => spent(spending.monthUSD, spending.unknownCosts, spending.perMonthUSD),
        align: 'right',
      },
    ],
    tableColumns,
  );
}

function stateOf({ state, cooldown, restingModels, keyMissing }: AccountRow): string {
  if (keyMissing) return 'no key';
  const until = (time: string) => `until ${localTime(time).slice(-5)}`;
  if (cooldown !== null) return `${state}: ${cooldown.cause} ${until(cooldown.until)}`;
  const [first] = restingModels;
  if (!first) return state;
  const more = restingModels.length > 1 ? `, ${restingModels.length - 1} more` : '';
  return `${state}, but ${oneLine(first.model)}: ${first.cause} ${until(first.until)}${more}`;
}

/** The free share of the tightest limit, as a bar and in words; a dash where no limit is known. */
function headroomBar({ headroom }: AccountStatus): string {
  if (headroom === null) return '-';
  const full = Math.round(headroom * 5);
  return `${'█'.repeat(full)}${'░'.repeat(5 - full)} ${Math.round(headroom * 100)}%`;
}

/** `$0.50+ of $5.00`; the plus stands for calls whose price is unknown. */
function spent(costUSD: number, unknown: number, limitUSD: number | null): string {
  return `${usd(costUSD)}${unknown > 0 ? '+' : ''}${limitUSD === null ? '' : ` of ${usd(limitUSD)}`}`;
}

function paintState(cell: string, { state, keyMissing }: AccountRow, style: Style): string {
  if (keyMissing) return style.red(cell);
  if (state === 'ready') return style.green(cell);
  return state === 'cooling' || state === 'disabled' ? style.yellow(cell) : style.red(cell);
}

async function test(session: Session, name: string | undefined): Promise<number> {
  const { ensemble } = await session.open();
  const names = name === undefined ? ensemble.accounts.configured().map((account) => account.name) : [name];
  const signal = session.interrupts.arm(
    () => {},
    () => {},
  );
  const tests = await Promise.all(names.map((one) => ensemble.accounts.test(one, signal)));
  session.emit({ json: () => listDocument(tests), text: () => (tests.length === 0 ? '' : testTable(tests, session)) });
  if (tests.every(({ ok }) => ok)) return EXIT.completed;
  return tests.some(({ ok }) => ok) ? EXIT.failed : EXIT.noAccount;
}

/** Calls under way in other processes finish on the old key; their next ones take the new. */
async function rotate(session: Session, name: string): Promise<number> {
  const { ensemble, secrets } = await session.open();
  const account = ensemble.accounts.configured().find((one) => one.name === name);
  if (!account) {
    throw new EnsembleError('not-found', `There is no account named "${oneLine(name)}".`, {
      hint: 'List the accounts to see their names.',
    });
  }
  const { apiKeyEnv } = account;
  if (apiKeyEnv !== null && session.host.env[apiKeyEnv]?.trim()) {
    throw new EnsembleError('usage', `The key of ${name} comes from the environment variable ${apiKeyEnv}.`, {
      hint: 'Change that variable, or unset it to use the keyring.',
    });
  }
  if (!(await secrets.keyringAvailable())) {
    throw new EnsembleError(
      'secret-store-failed',
      'This system has no keyring that can be used from the command line.',
      {
        hint: 'Put the key into an environment variable and its name into apiKeyEnv of the account.',
      },
    );
  }
  const [key = ''] = await readKeys(session.host, [name]);
  const signal = session.interrupts.arm(
    () => {},
    () => {},
  );
  const tested = await tryAccount(account, key, signal);
  if (tested.ok) await secrets.set(name, key);
  session.emit({
    json: () => itemDocument({ ...tested, replaced: tested.ok }),
    text: () =>
      tested.ok
        ? `${session.style.green('The new key works')} and has replaced that of ${oneLine(name)}. Revoke the old one at the provider.`
        : [
            `${session.style.red('The new key does not work')}; ${oneLine(name)} keeps its old one.`,
            oneLine(tested.error?.message ?? ''),
          ],
  });
  return tested.ok ? EXIT.completed : EXIT.failed;
}

function testTable(tests: readonly AccountTest[], { style, tableColumns }: Session): string[] {
  const rows = table(
    tests,
    [
      { title: 'Account', text: (one) => oneLine(one.name), paint: style.bold },
      {
        title: 'Result',
        text: ({ ok }) => (ok ? 'works' : 'fails'),
        paint: (cell, { ok }) => (ok ? style.green(cell) : style.red(cell)),
      },
      { title: 'Time', text: ({ latencyMs }) => duration(latencyMs), align: 'right' },
      { title: 'Models', text: ({ models }) => oneLine(models.join(', ')), flexible: true, paint: style.dim },
    ],
    tableColumns,
  );
  const reasons = tests.flatMap(({ name, error }) =>
    error === null
      ? []
      : [
          style.red(`${oneLine(name)}: ${oneLine(error.message)}`),
          ...(error.hint === null ? [] : [`  ${oneLine(error.hint)}`]),
        ],
  );
  return reasons.length > 0 ? [...rows, '', ...reasons] : rows;
}
