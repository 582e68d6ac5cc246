import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { npmCommand, npmEnvironment } from './npm.mjs';
import { runStreaming } from './process.mjs';
import { inProject, readJson, root, ScriptError, say } from './project.mjs';

/**
 * Whether node_modules holds what the lock file asks for. npm itself keeps a list of what it installed; packages of other
 * platforms are absent from it and optional in the lock.
 */
export function isInstalled(folder = root) {
  const listed = path.join(folder, 'node_modules', '.package-lock.json');
  if (!fs.existsSync(listed)) return false;
  const wanted = Object.entries(readJson(path.join(folder, 'package-lock.json')).packages);
  const present = readJson(listed).packages;
  return wanted.every(([name, { version, optional, link }]) => {
    if (name === '' || link) return true;
    return present[name] ? present[name].version === version : optional === true;
  });
}

/**
 * Installs the locked dependencies when they are missing or differ. No install scripts run: nothing that we use needs
 * one, and a package cannot execute code on the machine just by being installed.
 */
export async function ensureDependencies() {
  if (isInstalled()) return;
  fs.mkdirSync(inProject('out'), { recursive: true });
  await withLock(inProject('out', 'install.lock'), async () => {
    if (isInstalled()) return;
    say('Installing dependencies (npm ci) …');
    const { command, first } = npmCommand();
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const code = await runStreaming(command, [...first, ...args], { env: npmEnvironment() });
    if (code !== 0)
      throw new ScriptError(`npm ci ended with ${code}. Check the network and your npm registry, then try again.`);
  });
}
