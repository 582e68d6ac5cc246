#!/usr/bin/env node
/**
 * Installs a real VS Code, without compiling anything, into the cache: the workbench and server of the code-server
 * package, with JavaScript in place of its few native modules. Safe to run twice at once.
 *
 *   node scripts/node.mjs test/host/code-server/install.mjs      prints where everything is
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '../../../scripts/lib/cache.mjs';
import { cachedNode } from '../../../scripts/lib/node-runtime.mjs';
import { npm, unpackPackage } from '../../../scripts/lib/npm.mjs';
import { capture } from '../../../scripts/lib/process.mjs';
import { isMain, readJson, runMain, ScriptError, say } from '../../../scripts/lib/project.mjs';
import { ensureChromium } from './chromium.mjs';
import { writeStandIns } from './stand-ins.mjs';

const VERSION = '4.139.1'; // VS Code 1.139.1
const INTEGRITY = 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';
/** Raise it when anything below, the stand-ins or the bridge change: it names the cache folder. */
const RECIPE = 3;
const SERVER_NODE_MAJOR = 24;

// Direct dependencies of the server that extension tests never reach: the agent host, Windows, Kerberos proxies, the
// dev-container CLI. They hold every module that would need a compiler, and 220 MB.
const LEFT_OUT = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/fs-copyfile',
  '@vscode/native-watchdog',
  '@vscode/sandbox-runtime',
  '@vscode/spdlog',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'node-addon-api',
  'ssh2',
];

/** Installs the server's dependencies from its own shrinkwrap, so that their versions and hashes stay pinned. */
function installDependencies(vscode) {
  const packageFile = path.join(vscode, 'package.json');
  const lockFile = path.join(vscode, 'npm-shrinkwrap.json');
  const original = fs.readFileSync(packageFile, 'utf8');
  const manifest = JSON.parse(original);
  const lock = readJson(lockFile);
  for (const name of LEFT_OUT) {
    delete manifest.dependencies[name];
    delete lock.packages[''].dependencies[name];
  }
  fs.writeFileSync(packageFile, JSON.stringify(manifest, null, 2));
  fs.writeFileSync(lockFile, JSON.stringify(lock, null, 2));
  npm(['install', '--ignore-scripts', '--omit=dev'], { cwd: vscode });
  fs.writeFileSync(packageFile, original);
  // TypeScript, for the language features.
  npm(['ci', '--ignore-scripts', '--omit=dev'], { cwd: path.join(vscode, 'extensions') });
}

/**
 * The switch that makes a built product load development extensions and suites also hides notification toasts: shows
 * them again.
 */
function showNotifications(vscode) {
  const file = path.join(vscode, 'out', 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const kept = '!this.isNotificationsCenterVisible&&';
  const parts = fs.readFileSync(file, 'utf8').split(`${kept}!this.environmentService.enableSmokeTestDriver&&`);
  if (parts.length !== 2)
    throw new ScriptError(`The notification patch fits ${parts.length - 1} places of this VS Code, not 1.`);
  fs.writeFileSync(file, parts.join(kept));
}

function removeOtherPlatforms(vscode) {
  const own = `${process.platform}-${process.arch}`;
  for (const folder of ['node-pty/prebuilds', '@vscode/ripgrep-universal/bin']) {
    const binaries = path.join(vscode, 'node_modules', folder);
    const names = fs.existsSync(binaries) ? fs.readdirSync(binaries) : [];
    const foreign = names.filter((name) => /^(win32|darwin|linux|alpine)/.test(name) && name !== own);
    for (const name of foreign) fs.rmSync(path.join(binaries, name), { recursive: true });
  }
}

function addBridge(vscode) {
  const source = path.join(path.dirname(fileURLToPath(import.meta.url)), 'bridge');
  fs.cpSync(source, path.join(vscode, 'extensions', 'ensemble-test-host-bridge'), { recursive: true });
}

function build(folder, node) {
  say(`Installing the VS Code test host (code-server ${VERSION}) …`);
  unpackPackage(`code-server@${VERSION}`, INTEGRITY, folder);
  const vscode = path.join(folder, 'lib', 'vscode');
  installDependencies(vscode);
  writeStandIns(vscode);
  addBridge(vscode);
  showNotifications(vscode);
  removeOtherPlatforms(vscode);
  const [version] = capture(node, [serverOf(folder), '--version'])
    .trim()
    .split('\n');
  fs.writeFileSync(path.join(folder, 'host.json'), JSON.stringify({ vscode: version }));
}

const serverOf = (folder) => path.join(folder, 'lib', 'vscode', 'out', 'server-main.js');

/** Makes the host ready. Returns the paths of its parts and VS Code's version. */
export async function installHost() {
  const platform = `${process.platform}-${process.arch}`;
  if (!['linux-x64', 'linux-arm64'].includes(platform)) {
    throw new ScriptError(
      `The code-server test host runs on Linux only, not on ${platform}. Set VSCODE_EXECUTABLE_PATH for the suites, and ` +
        'leave the UI scripts to Linux (npm run test:host -- --suites, npm test -- --no-host).',
    );
  }
  const running = Number(process.versions.node.split('.')[0]);
  const node = running === SERVER_NODE_MAJOR ? process.execPath : await cachedNode();
  const folder = await cached(`code-server-${VERSION}-r${RECIPE}-${platform}`, (work) => build(work, node));
  const { vscode: version } = readJson(path.join(folder, 'host.json'));
  return { folder, node, server: serverOf(folder), version, chromium: ensureChromium() };
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const started = Date.now();
    process.stdout.write(`${JSON.stringify(await installHost(), null, 2)}\n`);
    say(`Ready in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  });
}
