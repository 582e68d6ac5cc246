import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AccountConfig } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import { parseJsonText } from './json-text.ts';
import { readSettingsText } from './regular-file.ts';

const MAX_BYTES = 1024 * 1024;

/** An account as `init` writes it; what is left out is at its default. There is no field for a key. */
export type NewAccount = Pick<AccountConfig, 'name' | 'provider'> & Partial<Omit<AccountConfig, 'name' | 'provider'>>;

/**
 * Adds accounts to the user's config file, creating it (0600, its directory 0700) where there is none. An account of the
 * same name gets the new fields; everything else in the file stays, also what this version does not know. The file is
 * replaced in one step. Rejects `invalid-config` and leaves the file as it is when it cannot be understood or written.
 */
export async function writeUserConfig(file: string, accounts: readonly NewAccount[]): Promise<void> {
  try {
    const document = await readDocument(file);
    const present = Array.isArray(document.accounts) ? [...document.accounts] : [];
    for (const account of accounts) {
      const index = present.findIndex((one: { readonly name?: unknown } | null) => one?.name === account.name);
      if (index === -1) present.push(account);
      else present[index] = { ...present[index], ...account };
    }
    await replaceFile(file, `${JSON.stringify({ schema: 1, ...document, accounts: present }, null, 2)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new EnsembleError('invalid-config', `The config file ${file} was not changed: ${reason}`, {
      hint: 'Correct the file or its permissions, or name another with --config.',
      cause: error,
    });
  }
}

async function readDocument(file: string): Promise<Record<string, unknown>> {
  const text = await readSettingsText(file, MAX_BYTES);
  if (text === null) return {};
  const document = parseJsonText(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error('It is not a JSON object.');
  return document as Record<string, unknown>;
}

/** Writes beside the file and renames, so that a reader or a crash sees the old content or the new. A link stays one. */
async function replaceFile(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await handle.writeFile(content, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
