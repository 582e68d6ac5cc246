import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { cacheRoot } from '../../../scripts/lib/cache.mjs';
import { runStreaming } from '../../../scripts/lib/process.mjs';
import { ScriptError, say } from '../../../scripts/lib/project.mjs';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';
import { MOCHA_RUNNER, suiteChannel } from './suites.mjs';
import { createWorkspace } from './workspaces.mjs';

const DOWNLOAD_TIMEOUT_MS = 10_000;
const RUN_TIMEOUT_MS = 300_000;

const onPath = (program) => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;

/** The words before VS Code's own path: on Linux without a display it needs a virtual one. Undefined: no way to show it. */
function displayPrefix() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return [];
  return onPath('xvfb-run') ? ['xvfb-run', '-a'] : undefined;
}

/**
 * A desktop VS Code: the one VSCODE_EXECUTABLE_PATH names, else a downloaded one. Undefined, with the reason printed,
 * where there is neither or no display to show it on.
 */
export async function findDesktop() {
  const own = process.env.VSCODE_EXECUTABLE_PATH;
  if (own && !fs.existsSync(own)) throw new ScriptError(`VSCODE_EXECUTABLE_PATH names ${own}, which does not exist.`);
  const prefix = displayPrefix();
  if (!prefix) {
    say('[host] no desktop VS Code: there is no display and no xvfb-run.');
    return undefined;
  }
  if (own) return { prefix, executable: own };
  try {
    const cachePath = path.join(cacheRoot(), 'vscode-test');
    const executable = await downloadAndUnzipVSCode({ version: 'stable', cachePath, timeout: DOWNLOAD_TIMEOUT_MS });
    return { prefix, executable };
  } catch (error) {
    say(`[host] no desktop VS Code could be downloaded (${error.code ?? error.message}).`);
    return undefined;
  }
}

/** Runs the compiled suites in a desktop VS Code. Undefined when it ended before they reported anything. */
export async function runSuitesInDesktop(suites, { desktop, extension, grep, write }) {
  const { folder: data, remove: removeData } = temporaryFolder('ensemble-desktop-');
  const { folder: workspace, remove } = createWorkspace();
  const channel = suiteChannel(suites, grep, write);
  const [command, ...args] = [
    ...desktop.prefix,
    desktop.executable,
    workspace,
    ...['--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
    ...['--disable-workspace-trust', '--disable-telemetry', '--password-store=basic'],
    ...[`--user-data-dir=${path.join(data, 'user')}`, `--extensions-dir=${path.join(data, 'extensions')}`],
    ...[`--extensionDevelopmentPath=${extension.development}`, `--extensionTestsPath=${MOCHA_RUNNER}`],
  ];
  try {
    await runStreaming(command, args, { env: { ...channel.env, ELECTRON_RUN_AS_NODE: '' }, timeoutMs: RUN_TIMEOUT_MS });
    return channel.counts();
  } finally {
    channel.close();
    remove();
    removeData();
  }
}
