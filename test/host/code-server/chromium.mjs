import fs from 'node:fs';
import path from 'node:path';
import { capture } from '../../../scripts/lib/process.mjs';
import { ScriptError, say } from '../../../scripts/lib/project.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The browser that CHROME_PATH names, else the first one on PATH, else undefined. */
export function findChromium(env = process.env) {
  if (env.CHROME_PATH) {
    if (!isExecutable(env.CHROME_PATH))
      throw new ScriptError(`CHROME_PATH names ${env.CHROME_PATH}, which is no program.`);
    return env.CHROME_PATH;
  }
  const folders = (env.PATH ?? '').split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

/** The same, after installing Chromium through apt where we may. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() !== 0) {
    throw new ScriptError(
      'No Chromium was found, and installing one needs root. Install it (Debian: apt-get install chromium) or set ' +
        'CHROME_PATH to a Chrome or Chromium.',
    );
  }
  say('Installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt-get may be at work: wait for it.
  const apt = (...args) => capture('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env });
  const installChromium = () => apt('install', '-y', '--no-install-recommends', 'chromium');
  try {
    installChromium();
  } catch {
    apt('update', '-qq');
    installChromium();
  }
  const installed = findChromium();
  if (!installed) throw new ScriptError('apt-get installed chromium, but no chromium is on PATH. Set CHROME_PATH.');
  return installed;
}
