import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withoutAccounts } from '../../../scripts/lib/clean-environment.mjs';
import { capture } from '../../../scripts/lib/process.mjs';
import { ScriptError } from '../../../scripts/lib/project.mjs';
import { until, withTimeout } from './wait.mjs';

const WATCH_PARENT = path.join(path.dirname(fileURLToPath(import.meta.url)), 'watch-parent.mjs');
const START_TIMEOUT_MS = 30_000;

// The caller's npm, editor and Node settings must not reach the extension host.
const NOT_INHERITED = /^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL|NODE_V8_COVERAGE$)/;

/**
 * The environment of the extension host: ours without what would leak in, a home of its own, then the caller's wishes.
 *
 * @returns {Record<string, string | undefined>}
 */
export function hostEnvironment(folders, extra = {}) {
  const inherited = Object.entries(withoutAccounts(folders.home)).filter(([name]) => !NOT_INHERITED.test(name));
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...extra };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/version' }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

/** The VS Code server of one session. Its port stays the same over restarts, so that windows reconnect. */
export class CodeServer {
  #host;
  #folders;
  #options;
  #process;
  #logFile;
  port;

  /**
   * @param host what installHost() returned
   * @param folders the session's folders: server, user, extensions, home, temporary
   * @param options `trust` (default true): every folder is trusted; `env`: more variables for the extension host
   */
  constructor(host, folders, options = {}) {
    this.#host = host;
    this.#folders = folders;
    this.#options = options;
    this.#logFile = path.join(folders.temporary, 'server.log');
  }

  #commonArguments() {
    const { server, user, extensions } = this.#folders;
    return [
      '--accept-server-license-terms',
      '--disable-telemetry',
      ...['--server-data-dir', server, '--user-data-dir', user, '--extensions-dir', extensions],
    ];
  }

  /** Installs a packed extension as a user would. */
  installVsix(file) {
    const args = [this.#host.server, ...this.#commonArguments(), '--install-extension', file, '--force'];
    const env = hostEnvironment(this.#folders, this.#options.env);
    const output = capture(this.#host.node, args, { env, timeoutMs: 60_000 });
    if (/Failed Installing|^Error/m.test(output)) throw new ScriptError(`Installing ${file} failed:\n${output}`);
  }

  async start() {
    this.port ??= await freePort();
    const log = fs.openSync(this.#logFile, 'a');
    const args = [
      ...['--import', pathToFileURL(WATCH_PARENT).href, this.#host.server, ...this.#commonArguments()],
      ...['--host', '127.0.0.1', '--port', String(this.port), '--without-connection-token'],
      // Makes a built product take development folders and suites.
      '--enable-smoke-test-driver',
      ...['--reconnection-grace-time', '60'],
      ...['--disable-experiments', '--disable-update-check', '--disable-getting-started-override'],
      ...(this.#options.trust === false ? [] : ['--disable-workspace-trust']),
    ];
    const env = hostEnvironment(this.#folders, this.#options.env);
    // A process group of its own: stop() ends the extension hosts and terminals with it.
    const child = spawn(this.#host.node, args, { stdio: ['ignore', log, log], detached: true, env });
    fs.closeSync(log);
    this.#process = child;
    const listens = () => {
      if (child.exitCode !== null)
        throw new ScriptError(`The VS Code server ended with ${child.exitCode}:\n${this.tail()}`);
      return answers(this.port);
    };
    await until('the VS Code server to listen', listens, START_TIMEOUT_MS);
  }

  async stop() {
    const child = this.#process;
    this.#process = undefined;
    if (!child) return;
    const ended = child.exitCode !== null || child.signalCode !== null;
    const gone = ended ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
    for (const [signal, patienceMs] of [
      ['SIGTERM', 1500],
      ['SIGKILL', 500],
    ]) {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group is gone already.
      }
      await withTimeout('Ending the server', patienceMs, gone).catch(() => {});
    }
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** Process ids of the running extension hosts, oldest first: one per window. */
  exthostPids() {
    const isHost = (pid) => {
      try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const commandLine = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return parent === this.#process?.pid && commandLine.includes('--type=extensionHost');
      } catch {
        return false;
      }
    };
    const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids
      .filter(isHost)
      .map(Number)
      .sort((a, b) => a - b);
  }

  log() {
    return fs.existsSync(this.#logFile) ? fs.readFileSync(this.#logFile, 'utf8') : '';
  }

  /** The log's last lines that may explain a failure. */
  tail() {
    const lines = this.log().split('\n');
    return lines
      .filter((line) => line.trim() && !/^ {4}at |Agent ?Host|vsda/.test(line))
      .slice(-25)
      .join('\n');
  }

  /** What the server says of folders that it could not load as extensions. */
  loadProblems() {
    return [...new Set(this.log().match(/\[\/[^\]\n]*\]: .*/g) ?? [])];
  }
}
