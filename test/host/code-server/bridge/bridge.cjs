/**
 * A built-in extension of the test host. In a window that a UI script drives it runs functions, sent as text over a
 * socket, inside the extension host with the vscode API. In every other window it does nothing.
 */
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const vm = require('node:vm');
const vscode = require('vscode');

async function answer(line) {
  try {
    const { code, arg } = JSON.parse(line);
    // The code sees the global scope and what it is given, not this module.
    const value = await vm.runInThisContext(`(${code})`)(vscode, arg);
    return JSON.stringify({ value });
  } catch (error) {
    return JSON.stringify({ error: String(error?.stack ?? error) });
  }
}

function serve(connection) {
  let received = '';
  connection.setEncoding('utf8');
  connection.on('error', () => {});
  connection.on('data', async (chunk) => {
    received += chunk;
    if (!received.endsWith('\n')) return;
    const line = received;
    received = '';
    connection.end(`${await answer(line)}\n`);
  });
}

exports.activate = (context) => {
  const folder = process.env.ENSEMBLE_HOST_BRIDGE;
  if (!folder) return;
  const socket = path.join(folder, `${process.pid}.sock`);
  const server = net.createServer(serve);
  server.listen(socket);
  const close = () => {
    server.close();
    fs.rmSync(socket, { force: true });
  };
  context.subscriptions.push({ dispose: close });
};
