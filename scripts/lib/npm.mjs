import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { capture } from './process.mjs';
import { root, ScriptError } from './project.mjs';

// Settings of a surrounding `npm run` that must not reach an npm that we start for another folder.
const INHERITED =
  /^npm_(config_(prefix|local_prefix|global|omit|include|ignore_scripts|nodedir|package)|lifecycle|package)/i;

/** How to start npm: the one that started us, else the one on PATH. */
export function npmCommand(env = process.env) {
  const own = env.npm_execpath;
  if (own && /npm-cli\.[cm]?js$/.test(own) && fs.existsSync(own)) return { command: process.execPath, first: [own] };
  return { command: 'npm', first: [], shell: process.platform === 'win32' };
}

export function npmEnvironment(env = process.env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !INHERITED.test(name)));
}

/** Runs npm to its end and returns its stdout. */
export function npm(args, { cwd = root } = {}) {
  const { command, first, shell } = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'];
  return capture(command, [...first, ...args, ...quiet], { cwd, shell, env: npmEnvironment() });
}

/**
 * Downloads one package's archive through npm (so that the user's registry and proxy settings hold), checks its pinned
 * sha512 where we have one, and unpacks it into `folder`.
 */
export function unpackPackage(spec, integrity, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const answer = JSON.parse(npm(['pack', spec, '--json', '--pack-destination', folder], { cwd: folder }));
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  const archive = path.join(folder, packed.filename.replace(/^@/, '').replace('/', '-'));
  const actual = `sha512-${createHash('sha512').update(fs.readFileSync(archive)).digest('base64')}`;
  if (integrity && actual !== integrity) {
    fs.rmSync(archive);
    throw new ScriptError(
      `${spec}: the downloaded archive has the hash ${actual}, not the pinned one. Check your registry.`,
    );
  }
  // Run inside the folder with a relative name: some tars take a drive letter for a host.
  capture('tar', ['-xzf', path.basename(archive), '--strip-components=1'], { cwd: folder });
  fs.rmSync(archive);
}
