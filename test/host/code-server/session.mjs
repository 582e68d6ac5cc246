import fs from 'node:fs';
import path from 'node:path';
import { say } from '../../../scripts/lib/project.mjs';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';
import { AUTHORITY, launchBrowser } from './browser.mjs';
import { CodeServer } from './server.mjs';
import { PATIENCE_MS, withTimeout } from './wait.mjs';
import { WorkbenchWindow } from './window.mjs';

const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'always',
  'git.openRepositoryInParentFolders': 'never',
  'js/ts.tsserver.web.typeAcquisition.enabled': false,
  // Nothing here is about the types of the code at hand; a full language server and what it downloads would take a core.
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  'js/ts.tsserver.useSyntaxServer': 'always',
};

/** The session's folders, all below one temporary one, except the user's data when `profile` keeps it between sessions. */
function createFolders(temporary, profile) {
  const data = profile ?? temporary;
  const names = {
    server: 'server-data',
    user: 'user-data',
    extensions: 'extensions',
    browser: 'browser',
    home: 'home',
  };
  const folders = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, path.join(data, name)]));
  for (const folder of Object.values(folders)) fs.mkdirSync(folder, { recursive: true });
  return { temporary, data, ...folders };
}

function writeSettings(folders, settings) {
  const file = path.join(folders.user, 'User', 'settings.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  fs.writeFileSync(file, JSON.stringify({ ...QUIET_SETTINGS, ...before, ...settings }, null, 2));
}

const remoteUri = (file) => `vscode-remote://${AUTHORITY}${file.split('/').map(encodeURIComponent).join('/')}`;

/**
 * A VS Code server and the browser whose windows belong to it.
 *
 * Options: `host` (from installHost), `workspace` (folder to open), `development` (extension folder) or `vsix` (file),
 * `tests` (module with run(), executed in the first window's extension host), `settings`, `trust`, `env`, `viewport`,
 * `profile` (folder that keeps user data between sessions), `headed`, `keep`, `verbose`.
 */
export class HostSession {
  folders;
  server;
  window;
  context;
  #options;
  #temporary;
  #windows = 0;
  #onTestsExit = () => {};

  constructor(options) {
    this.#options = options;
    this.#temporary = temporaryFolder('ensemble-host-');
    this.folders = createFolders(this.#temporary.folder, options.profile);
    const { host, trust, env } = options;
    this.server = new CodeServer(host, this.folders, { trust, env });
  }

  /** Starts server and browser and opens the first window. */
  async start() {
    const { host, vsix, settings, viewport = { width: 1400, height: 900 }, headed } = this.#options;
    writeSettings(this.folders, settings);
    if (vsix) this.server.installVsix(vsix);
    await this.server.start();
    const { port } = this.server;
    this.context = await launchBrowser({ host, folders: this.folders, port, viewport, headed });
    this.window = await this.openWindow({ first: true });
  }

  /** Resolves with VS Code's exit code when the suite in the first window has ended. Call before start(). */
  testsExit() {
    return new Promise((resolve) => {
      this.#onTestsExit = resolve;
    });
  }

  /** Opens another window with the same user data and browser storage. */
  async openWindow({ workspace = this.#options.workspace, first = false } = {}) {
    const bridge = path.join(this.folders.temporary, 'bridge', String(++this.#windows));
    fs.mkdirSync(bridge, { recursive: true });
    const page = (first && this.context.pages()[0]) || (await this.context.newPage());
    page.setDefaultTimeout(PATIENCE_MS);
    await this.#listen(page);
    const url = this.#url(workspace, bridge, first);
    const window = new WorkbenchWindow({ page, url, bridge: this.#options.tests ? undefined : bridge, workspace });
    await window.open();
    return window;
  }

  #url(workspace, bridge, first) {
    const { development, tests } = this.#options;
    const payload = [
      ['skipWelcome', 'true'],
      ['skipReleaseNotes', 'true'],
      ['extensionEnvironment', JSON.stringify(tests ? {} : { ENSEMBLE_HOST_BRIDGE: bridge })],
    ];
    if (development) payload.push(['extensionDevelopmentPath', remoteUri(development)]);
    if (tests && first) payload.push(['extensionTestsPath', remoteUri(tests)]);
    const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const query = new URLSearchParams({ [kind]: workspace, payload: JSON.stringify(payload) });
    return `http://${AUTHORITY}/?${query.toString().replaceAll('+', '%20')}`;
  }

  async #listen(page) {
    const { verbose } = this.#options;
    const log = (kind, text) => verbose && say(`[${kind}] ${text.slice(0, 500)}`);
    page.on('pageerror', (error) => log('page error', error.message));
    page.on('console', (message) => log('page', message.text()));
    // "Leave site?" of a window with unsaved files.
    page.on('dialog', (dialog) => dialog.accept().catch(() => {}));
    // The workbench calls both by these names when the smoke test driver is on.
    await page.exposeFunction('codeAutomationLog', (type, values) => log(type, (values ?? []).map(String).join(' ')));
    await page.exposeFunction('codeAutomationExit', (code) => this.#onTestsExit(code));
  }

  async close() {
    for (const line of this.server.loadProblems()) say(`[host] not loaded? ${line}`);
    if (this.#options.verbose) say(this.server.log());
    await withTimeout('Closing the browser', 5000, this.context?.close()).catch(() => {});
    await this.server.stop();
    if (!this.#options.keep) return this.#temporary.remove();
    this.#temporary.keep();
    say(`[host] kept ${this.folders.temporary}`);
  }
}
