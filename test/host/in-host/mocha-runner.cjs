/**
 * The `extensionTestsPath` of every suite run, in the code-server host and in a desktop VS Code: runs the compiled suites
 * of a folder with the project's Mocha inside the extension host.
 *
 * Told by environment variables: ENSEMBLE_HOST_SUITES (folder), ENSEMBLE_HOST_OUTPUT (file for what the suites print),
 * ENSEMBLE_HOST_COUNTS (file for the counts; its absence at the end means that the host died), ENSEMBLE_HOST_GREP,
 * ENSEMBLE_HOST_COLOR, ENSEMBLE_HOST_MOCHA (path of Mocha's package).
 */
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');

// Read at once: VS Code and the suites may change process.env.
const {
  ENSEMBLE_HOST_SUITES: suites,
  ENSEMBLE_HOST_OUTPUT: outputFile,
  ENSEMBLE_HOST_COUNTS: countsFile,
  ENSEMBLE_HOST_GREP: grep,
  ENSEMBLE_HOST_COLOR: color,
  ENSEMBLE_HOST_MOCHA: mochaPath,
} = process.env;

// VS Code's own wrappers call one another; only the outermost call is written.
let writing = false;

function output(text) {
  if (!writing) fs.appendFileSync(outputFile, text);
}

function passOn(call) {
  if (writing) return call();
  writing = true;
  try {
    return call();
  } finally {
    writing = false;
  }
}

/** VS Code has sealed console.* and process.stdout.write, so the objects themselves are replaced. */
function copyOutput() {
  const original = globalThis.console;
  const replacement = Object.create(original);
  for (const method of ['log', 'info', 'warn', 'error', 'debug']) {
    const value = (...values) => {
      output(`${util.format(...values)}\n`);
      passOn(() => original[method](...values));
    };
    Object.defineProperty(replacement, method, { writable: true, value });
  }
  globalThis.console = replacement;
  for (const name of ['stdout', 'stderr']) {
    const stream = process[name];
    const copy = Object.create(stream);
    const value = (text, ...rest) => {
      output(text);
      return passOn(() => stream.write(text, ...rest));
    };
    Object.defineProperty(copy, 'write', { writable: true, value });
    Object.defineProperty(process, name, { configurable: true, get: () => copy });
  }
}

async function runSuites() {
  copyOutput();
  const Mocha = require(mochaPath);
  const files = fs.readdirSync(suites).filter((name) => name.endsWith('.test.cjs'));
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: color === '1',
    timeout: 120_000,
    grep: grep || undefined,
  });
  for (const file of files.sort()) mocha.addFile(path.join(suites, file));
  await mocha.loadFilesAsync();
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => counts.passed++);
    runner.on('pending', () => counts.skipped++);
    runner.on('fail', (test, error) => {
      counts.failed++;
      counts.failures.push(`${test.fullTitle()}: ${String(error?.message ?? error).split('\n')[0]}`);
    });
  });
  return counts;
}

exports.run = async () => {
  let counts;
  try {
    counts = await runSuites();
  } catch (error) {
    console.error(error);
    counts = { passed: 0, failed: 1, skipped: 0, failures: [`suites could not be loaded: ${error?.message ?? error}`] };
  }
  fs.writeFileSync(countsFile, JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} test(s) failed`);
};
