import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { PATIENCE_MS, until } from './wait.mjs';

const pidOf = (socket) => Number(path.basename(socket, '.sock'));

/** Sockets of the bridge in one window's folder, newest first. */
function sockets(folder) {
  if (!fs.existsSync(folder)) return [];
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.sock'));
  const aged = files.map((name) => {
    const file = path.join(folder, name);
    return { file, time: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  return aged.sort((a, b) => b.time - a.time).map(({ file }) => file);
}

function liveSocket(folder) {
  for (const socket of sockets(folder)) {
    try {
      process.kill(pidOf(socket), 0);
      return socket;
    } catch {
      fs.rmSync(socket, { force: true });
    }
  }
  return undefined;
}

const waitForSocket = (folder, timeoutMs) => until('the extension host', () => liveSocket(folder), timeoutMs);

/** Process id of the extension host behind one window. */
export async function exthostPid(folder) {
  return pidOf(await waitForSocket(folder, PATIENCE_MS));
}

/** Forgets the sockets of a window that is about to be loaded again. */
export function forgetSockets(folder) {
  for (const socket of sockets(folder)) fs.rmSync(socket, { force: true });
}

/** Runs `fn(vscode, arg)` in the extension host behind the bridge's folder: text and JSON in, JSON out. */
export async function callInHost(folder, fn, arg, { timeout = PATIENCE_MS } = {}) {
  const socket = await waitForSocket(folder, timeout);
  return new Promise((resolve, reject) => {
    let received = '';
    const connection = net.connect(socket, () => connection.write(`${JSON.stringify({ code: String(fn), arg })}\n`));
    connection.setEncoding('utf8');
    connection.setTimeout(timeout, () =>
      connection.destroy(new Error(`The call took longer than ${timeout / 1000} s.`)),
    );
    connection.on('data', (chunk) => {
      received += chunk;
    });
    connection.on('error', reject);
    connection.on('close', () => {
      if (!received) return reject(new Error('The extension host went away during the call.'));
      const { value, error } = JSON.parse(received);
      return error === undefined ? resolve(value) : reject(new Error(error));
    });
  });
}
