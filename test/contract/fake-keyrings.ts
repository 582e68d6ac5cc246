import type { CommandOptions, CommandResult, CommandRunner } from '../../src/adapters/files/run-command.ts';

const ended = (code: number, stdout = '', stderr = ''): CommandResult => ({ code, stdout, stderr });

/** Behaves like `secret-tool` and records what it was called with. */
export class FakeSecretTool {
  readonly calls: { readonly args: readonly string[]; readonly options: CommandOptions }[] = [];
  readonly #entries = new Map<string, string>();

  readonly run: CommandRunner = async (program, args, options) => {
    if (program !== 'secret-tool') throw new Error(`FakeSecretTool: ${program} was called`);
    this.calls.push({ args, options });
    const [command, ...rest] = args;
    const attributes = rest.filter((argument) => !argument.startsWith('--')).join(' ');
    const entry = this.#entries.get(attributes);
    if (command === 'lookup') return entry === undefined ? ended(1) : ended(0, entry);
    if (command === 'store') this.#entries.set(attributes, options.input ?? '');
    else if (command !== 'clear') throw new Error(`FakeSecretTool: no script for ${command}`);
    else if (!this.#entries.delete(attributes)) return ended(1);
    return ended(0);
  };
}

/** Behaves like macOS's `security` and records what it was called with. */
export class FakeSecurity {
  readonly calls: { readonly args: readonly string[]; readonly options: CommandOptions }[] = [];
  readonly #entries = new Map<string, string>();

  readonly run: CommandRunner = async (program, args, options) => {
    if (program !== 'security') throw new Error(`FakeSecurity: ${program} was called`);
    this.calls.push({ args, options });
    if (args[0] === '-i') return this.#interactive(options.input ?? '');
    if (args[0] === 'default-keychain') return ended(0, '"login.keychain-db"\n');
    const name = `${args[args.indexOf('-s') + 1]} ${args[args.indexOf('-a') + 1]}`;
    const entry = this.#entries.get(name);
    const missing = ended(44, '', 'The specified item could not be found in the keychain.');
    if (args[0] === 'find-generic-password') return entry === undefined ? missing : ended(0, `${entry}\n`);
    if (args[0] === 'delete-generic-password') return this.#entries.delete(name) ? ended(0) : missing;
    throw new Error(`FakeSecurity: no script for ${args[0]}`);
  };

  #interactive(input: string): CommandResult {
    const match = /^add-generic-password -U -s "([^"]+)" -a "([^"]+)" -w "([^"]+)"\n$/.exec(input);
    if (!match) throw new Error('FakeSecurity: not understood');
    this.#entries.set(`${match[1]} ${match[2]}`, match[3] ?? '');
    return ended(0);
  }
}

/** A keyring program that only complains. */
export const brokenKeyring: CommandRunner = async (_program, _args, { input = '' }) =>
  ended(1, '', `cannot reach the service ${input}`.replaceAll(/\S{12,}/g, ''));
