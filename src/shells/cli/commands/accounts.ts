import type { Command } from 'commander';
import type { AccountStatus } from '../../../core/accounts/types.ts';
import type { AccountTest } from '../../../core/ensemble.ts';
import { NO_USAGE } from '../../../core/model.ts';
import type { UsageSummary } from '../../../core/ports.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { duration, localTime, tokenSum, usd } from '../format.ts';
import { table } from '../layout.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { Style } from '../style.ts';

/** An account as `accounts list` prints it: how it does, and what it did since midnight UTC. */
type AccountRow = AccountStatus & { readonly today: Omit<UsageSummary, 'account'> };

const NOTHING_TODAY: AccountRow['today'] = { calls: 0, failures: 0, tokens: NO_USAGE, costUSD: 0, unknownCosts: 0 };

/** `ensemble accounts`. */
export function registerAccounts(program: Command, perform: Perform): void {
  const accounts = program.command('accounts').description('list and test accounts');
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
}

async function list(session: Session): Promise<number> {
  const { ensemble, configSource, configNotices } = await session.open();
  for (const notice of configNotices) session.notice(notice);
  const midnight = new Date(session.host.now());
  midnight.setUTCHours(0, 0, 0, 0);
  const [status, usage] = await Promise.all([
    ensemble.accounts.status(),
    ensemble.accounts.usage(midnight.toISOString()),
  ]);
  const rows = status.map((one): AccountRow => {
    const used = usage.find(({ account }) => account === one.name);
    if (!used) return { ...one, today: NOTHING_TODAY };
    const { account: _, ...today } = used;
    return { ...one, today };
  });
  session.emit({
    json: () => listDocument(rows),
    text: () => [...accountTable(rows, session), '', session.style.dim(`From ${configSource}`)],
  });
  return EXIT.completed;
}

function accountTable(rows: readonly AccountRow[], { style, columns }: Session): string[] {
  return table<AccountRow>(
    rows,
    [
      { title: 'Account', text: ({ name }) => oneLine(name), paint: style.bold },
      { title: 'Provider', text: ({ provider }) => provider },
      { title: 'Endpoint', text: ({ endpoint }) => oneLine(endpoint), flexible: true, paint: style.dim },
      { title: 'State', text: stateOf, paint: (cell, row) => paintState(cell, row, style) },
      {
        title: 'Calls',
        text: ({ today }) => `${today.calls}${today.failures > 0 ? ` (${today.failures} failed)` : ''}`,
        align: 'right',
      },
      { title: 'Tokens', text: ({ today }) => tokenSum(today.tokens), align: 'right' },
      {
        title: 'Cost',
        text: ({ today }) => `${usd(today.costUSD)}${today.unknownCosts > 0 ? '+' : ''}`,
        align: 'right',
      },
    ],
    columns,
  );
}

function stateOf({ state, cooldown }: AccountStatus): string {
  return cooldown === null ? state : `${state}: ${cooldown.cause} until ${localTime(cooldown.until).slice(-5)}`;
}

function paintState(cell: string, { state }: AccountStatus, style: Style): string {
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

function testTable(tests: readonly AccountTest[], { style, columns }: Session): string[] {
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
    columns,
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
