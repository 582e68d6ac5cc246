import fs from 'node:fs';
import path from 'node:path';

/** Same calls as the native @vscode/spdlog, with plain appends and no rotation. */
const SPDLOG = `
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(name, file) {
    this.file = file;
    this.level = 2;
    this.raw = false;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.appendFileSync(file, '');
    } catch {}
  }
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const line = this.raw ? message : time + ' [' + LEVELS[level] + '] ' + message + '\\n';
    try {
      fs.appendFileSync(this.file, line);
    } catch {}
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() {}
}

// Assigned one by one: an ES module's import() finds only names written so.
exports.version = 0;
exports.Logger = Logger;
exports.setFlushOn = () => {};
exports.setLevel = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (name, file) => new Logger(name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger(name, file);
`;

/** The git extension needs it. */
const FS_COPYFILE = `
const fs = require('node:fs');

exports.cp = (from, to, options) => fs.promises.cp(from, to, options);
exports.copyFile = (from, to, mode) => fs.promises.copyFile(from, to, mode);
exports.isCloneSupported = async () => false;
exports.isMacOS = false;
exports.constants = fs.constants;
`;

/** The extension host also watches its parent itself. */
const NATIVE_WATCHDOG = `
exports.start = () => {};
`;

const STAND_INS = {
  '@vscode/spdlog': SPDLOG,
  '@vscode/fs-copyfile': FS_COPYFILE,
  '@vscode/native-watchdog': NATIVE_WATCHDOG,
};

/** Writes JavaScript stand-ins for the native modules that the server loads: nothing has to be compiled. */
export function writeStandIns(vscodeFolder) {
  for (const [name, code] of Object.entries(STAND_INS)) {
    const folder = path.join(vscodeFolder, 'node_modules', name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '0.0.0', main: 'index.js' }));
    fs.writeFileSync(path.join(folder, 'index.js'), code.trimStart());
  }
}
