import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json; every script works from here, whatever the caller's working directory is. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {...string} parts below the project root */
export const inProject = (...parts) => path.join(root, ...parts);

/** A failure whose message already says what happened and what to do next: shown without a stack trace. */
export class ScriptError extends Error {}

/** Progress and notices: stderr, so that a script's stdout stays its result. */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * Runs a script's main function. A returned number is the exit code. Sets `exitCode` instead of calling exit(), so that
 * output which is still on its way through a pipe arrives.
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    // A wrong option is the caller's mistake, not ours: no stack trace either.
    const expected = error instanceof ScriptError || String(error?.code).startsWith('ERR_PARSE_ARGS');
    say(expected ? error.message : String(error?.stack ?? error));
    process.exitCode = 1;
  }
}

/** True when the module with this `import.meta.url` is the program, also through a symbolic link. */
export function isMain(moduleUrl) {
  const program = process.argv[1];
  if (!program || !fs.existsSync(program)) return false;
  return fs.realpathSync(program) === fs.realpathSync(fileURLToPath(moduleUrl));
}

export function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Files below `folder` (absolute, sorted) that `accept` takes; node_modules and hidden folders are not entered. */
export function listFiles(folder, accept) {
  if (!fs.existsSync(folder)) return [];
  const found = [];
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) found.push(...listFiles(file, accept));
    } else if (accept(file)) found.push(file);
  }
  return found.sort();
}
