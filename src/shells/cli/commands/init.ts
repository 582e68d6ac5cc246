import type { Command } from 'commander';
import { keyProblem } from '../../../core/accounts/key-text.ts';
import type { AccountConfig } from '../../../core/config.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { type KeyedProvider, keyedProvider } from '../options.ts';
import type { Perform } from '../perform.ts';
import { readKeys } from '../read-keys.ts';
import type { Session } from '../session.ts';

interface InitFlags {
  readonly account1Key?: string;
  readonly account2Key?: string;
  readonly provider: KeyedProvider;
}

/** A key as it was given, for the account with this number. */
interface GivenKey {
  readonly number: 1 | 2;
  /** `-`: on standard input. */
  readonly key: string;
}

/** What was set up for one account. */
interface Prepared {
  readonly account: Pick<AccountConfig, 'name' | 'provider' | 'apiKeyEnv'>;
  /** Variable that must hold the key from now on; null: it is kept elsewhere. */
  readonly exportVariable: string | null;
}

const EXAMPLES = `
Keys go to the keyring of the system where there is one, and never into a file.
Without keys the accounts found in the environment are written.

Examples:
  $ ensemble init --account1-key - --account2-key -     asks for both keys
  $ GROK_API_KEY=... GROK_API_KEY_2=... ensemble init   keys stay in variables`;

/** `ensemble init`. */
export function registerInit(program: Command, perform: Perform): void {
  program
    .command('init')
    .description('set up accounts')
    .option('--account1-key <key>', 'key of the first account; - reads it from standard input')
    .option('--account2-key <key>', 'key of the second account; - reads it from standard input')
    .option('--provider <name>', 'whose keys they are', keyedProvider, 'xai')
    .addHelpText('after', EXAMPLES)
    .action((flags: InitFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => init(session, flags)),
    );
}

async function init(session: Session, { account1Key, account2Key, provider }: InitFlags): Promise<number> {
  const given: GivenKey[] = [];
  if (account1Key !== undefined) given.push({ number: 1, key: account1Key });
  if (account2Key !== undefined) given.push({ number: 2, key: account2Key });
  const keys = await resolveKeys(session, given);
  const prepared = given.length > 0 ? await prepare(session, provider, keys) : await discovered(session);
  const { writeAccounts } = await session.open();
  const file = await writeAccounts(prepared.map(({ account }) => account));
  const variables = prepared.flatMap(({ exportVariable }) => exportVariable ?? []);
  session.emit({
    json: () => itemDocument({ file, accounts: prepared.map(({ account }) => account), exportVariables: variables }),
    text: () => [
      `${prepared.map(({ account }) => account.name).join(' and ')} written to ${file}`,
      ...(variables.length === 0
        ? []
        : [
            'This system has no keyring that we can use, so the keys were not kept.',
            'Put these into your environment:',
            ...variables.map((variable) => `  export ${variable}=...`),
          ]),
      'Try them with: ensemble accounts test',
    ],
  });
  return EXIT.completed;
}

/** The keys themselves, in the order given; empty ones are refused. */
async function resolveKeys(session: Session, given: readonly GivenKey[]): Promise<readonly GivenKey[]> {
  if (given.some(({ key }) => key !== '-')) {
    session.notice(
      'A key given as an argument can be seen by other programs while the command runs, and stays in the history ' +
        'of the shell. Use - and give it on standard input.',
    );
  }
  const asked = given.filter(({ key }) => key === '-');
  const read = await readKeys(
    session.host,
    asked.map(({ number }) => `account ${number}`),
  );
  return given.map((one) => {
    const key = one.key === '-' ? (read[asked.indexOf(one)] ?? '') : one.key.trim();
    if (key !== '') return { ...one, key };
    throw new EnsembleError('usage', `The key of account ${one.number} is empty.`, {
      hint: 'If it came from a variable, see whether that is set.',
    });
  });
}

/** Keeps keys in the keyring; where there is none the accounts name the variables that the environment discovery knows. */
async function prepare(session: Session, provider: KeyedProvider, keys: readonly GivenKey[]): Promise<Prepared[]> {
  const { secrets } = await session.open();
  for (const { number, key } of keys) requireKeyOf(provider, number, key);
  const keyring = await secrets.keyringAvailable();
  const label = provider === 'xai' ? 'grok' : provider;
  const prepared: Prepared[] = [];
  for (const { number, key } of keys) {
    const name = `${label}-${number}`;
    const variable = `${label.toUpperCase()}_API_KEY${number === 1 ? '' : `_${number}`}`;
    if (keyring) await secrets.set(name, key);
    const account = { name, provider, apiKeyEnv: keyring ? null : variable };
    prepared.push({ account, exportVariable: keyring || session.host.env[variable] === key ? null : variable });
  }
  return prepared;
}

/** Refuses what is no key, and one that another vendor gave out, before anything is stored or sent. */
function requireKeyOf(provider: KeyedProvider, number: number, key: string): void {
  const problem = keyProblem(key, { provider, baseURL: null });
  if (problem === null) return;
  if (problem.what === 'characters') {
    throw new EnsembleError('usage', `The key of account ${number} holds characters that no API key has.`, {
      hint: 'Copy the key again, without quotes, spaces and line breaks.',
    });
  }
  throw new EnsembleError('usage', `The key of account ${number} is one of ${problem.vendor}, not of ${provider}.`, {
    hint: `Add --provider ${problem.vendor}, or give a key of ${provider}.`,
  });
}

/** The accounts that are in use without a config file. */
async function discovered(session: Session): Promise<Prepared[]> {
  const { ensemble } = await session.open();
  const accounts = ensemble.accounts.configured().filter((account) => account.provider !== 'offline');
  if (accounts.length > 0) return accounts.map((account) => ({ account, exportVariable: null }));
  throw new EnsembleError('usage', 'There are no keys to set up.', {
    hint: 'Give them with --account1-key - on standard input, or export GROK_API_KEY (or OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) first.',
  });
}
