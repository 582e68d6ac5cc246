import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { noCounts } from '../../../scripts/lib/counts.mjs';
import { inProject, ScriptError } from '../../../scripts/lib/project.mjs';
import { HostSession } from '../code-server/session.mjs';
import { sleep, until, withTimeout } from '../code-server/wait.mjs';
import { createWorkspace } from './workspaces.mjs';

const TIMEOUT_MS = 240_000;
const TARGETS = { development: ['development'], vsix: ['vsix'], both: ['development', 'vsix'] };
const OPTIONS = [
  'target',
  'workspace',
  'files',
  'git',
  'trust',
  'settings',
  'env',
  'viewport',
  'timeoutMs',
  'onDemand',
];

/** Marks a failure that a step has already counted and shown. */
class StepFailed extends Error {}

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const since = (started) => `${((Date.now() - started) / 1000).toFixed(1)} s`;

/** The UI scripts of the project whose file name contains `filter`, loaded; those on demand only when the filter names them. */
export async function loadUiScripts(filter = '') {
  const folder = inProject('test', 'host', 'ui');
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.ui.mjs') && name.includes(filter));
  const scripts = await Promise.all(
    files.sort().map(async (name) => {
      const { default: run, options = {} } = await import(pathToFileURL(path.join(folder, name)).href);
      const unknown = Object.keys(options).filter((key) => !OPTIONS.includes(key));
      if (typeof run !== 'function') throw new ScriptError(`${name} has no default export to run.`);
      if (unknown.length > 0) throw new ScriptError(`${name}: unknown options ${unknown.join(', ')}.`);
      const targets = TARGETS[options.target ?? 'development'];
      if (!targets) throw new ScriptError(`${name}: target is development, vsix or both.`);
      return { name: name.replace('.ui.mjs', ''), run, options, targets };
    }),
  );
  return scripts.filter(({ options }) => filter !== '' || !options.onDemand);
}

/** What a UI script gets, documented in test/host/README.md. */
class UiScriptContext {
  counts = noCounts();
  #title;
  #slug;
  #window;
  #print;

  constructor({ title, session, target, workspace, print }) {
    this.#title = title;
    this.#print = print;
    this.#slug = slug(title);
    this.#window = session.window;
    Object.assign(this, { target, workspace, dirs: session.folders, context: session.context, server: session.server });
    this.page = session.window.page;
    for (const helper of HELPERS) this[helper] = (...args) => session.window[helper](...args);
    this.openWindow = (options) => session.openWindow(options);
  }

  until = until;
  sleep = sleep;
  log = (...values) =>
    this.#print(
      `      ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}`,
    );
  shot = (name, window = this.#window) =>
    window.screenshot(inProject('out', 'screenshots', `${this.#slug}-${slug(name)}.png`));

  step = async (name, work) => {
    const started = Date.now();
    try {
      const value = await work();
      this.counts.passed++;
      this.#print(`    ✔ ${name} (${since(started)})`);
      return value;
    } catch (error) {
      if (error instanceof StepFailed) throw error;
      await this.fail(name, error);
      throw new StepFailed(name, { cause: error });
    }
  };

  async fail(name, error) {
    this.counts.failed++;
    this.counts.failures.push(`${this.#title}: ${name} (${firstLine(error)})`);
    this.#print(`    ✖ ${name}\n${indent(String(error?.stack ?? error))}`);
    const picture = await this.shot(`failed ${name}`).catch((problem) => `none (${problem.message})`);
    this.#print(`      screenshot: ${picture}`);
  }
}

const HELPERS = [
  'evaluate',
  'api',
  'exthostPid',
  'command',
  'openFile',
  'line',
  'contextMenu',
  'rowAction',
  'treeRow',
  'notification',
  'webview',
  'reload',
  'written',
  'activationTimes',
];

const firstLine = (error) => String(error?.message ?? error).split('\n', 1)[0];
const indent = (text) => text.replace(/^/gm, '      ');

async function runInSession(script, title, session, { target, workspace, print }) {
  await session.start();
  const context = new UiScriptContext({ title, session, target, workspace, print });
  try {
    await withTimeout('The script', script.options.timeoutMs ?? TIMEOUT_MS, script.run(context));
    if (context.counts.passed === 0) context.counts.passed = 1;
  } catch (error) {
    if (!(error instanceof StepFailed)) await context.fail('the script', error);
  }
  if (context.counts.failed > 0) print(indent(`server log:\n${session.server.tail()}`));
  return context.counts;
}

/**
 * Runs one UI script against one target in a session of its own and returns its counts. `extension` holds the paths of
 * both targets: `{ development, vsix }`; `print` takes its lines.
 */
export async function runUiScript(script, target, { host, extension, flags = {}, print }) {
  const title = `${script.name} (${target})`;
  print(`\n  ${title}`);
  const { trust, settings, env, viewport } = script.options;
  const { folder: workspace, remove } = createWorkspace(script.options);
  const place = { [target]: extension[target] };
  const session = new HostSession({ host, ...place, workspace, trust, settings, env, viewport, ...flags });
  const started = Date.now();
  try {
    return await runInSession(script, title, session, { target, workspace, print });
  } catch (error) {
    print(`    ✖ the window did not open\n${indent(String(error?.stack ?? error))}\n${indent(session.server.tail())}`);
    return { ...noCounts(), failed: 1, failures: [`${title}: the window did not open (${firstLine(error)})`] };
  } finally {
    await session.close();
    remove();
    print(`    (${since(started)} in all)`);
  }
}
