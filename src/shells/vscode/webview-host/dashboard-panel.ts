import * as vscode from 'vscode';
import { type PageMessage, readPageMessage } from '../../../protocol/dashboard.ts';
import { elementId } from '../views/agent-views.ts';
import type { DashboardFeed } from './dashboard-feed.ts';
import { dashboardHtml } from './dashboard-html.ts';

/** Type of the panel, for the editor to bring it back after a reload. */
export const DASHBOARD_VIEW = 'ensemble.dashboard';

/** What a panel works with. */
export interface DashboardPanelParts {
  readonly panel: vscode.WebviewPanel;
  /** Folder of the page's files; nothing else can be loaded. */
  readonly folder: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  makeFeed(send: ConstructorParameters<typeof DashboardFeed>[1]): DashboardFeed;
  /** Told of an error in what the page asked for. */
  report(error: unknown): void;
}

/** The options of every panel of the Dashboard: our script, our folder, nothing kept while it is hidden. */
export function panelOptions(folder: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [folder] };
}

/** One panel with the page of the Dashboard in it. */
export class DashboardPanel implements vscode.Disposable {
  readonly feed: DashboardFeed;
  readonly #parts: DashboardPanelParts;
  readonly #listeners: vscode.Disposable[];

  constructor(parts: DashboardPanelParts) {
    this.#parts = parts;
    const { panel, folder } = parts;
    this.feed = parts.makeFeed((message) => void panel.webview.postMessage(message));
    this.#listeners = [
      panel.webview.onDidReceiveMessage((data: unknown) => this.#receive(data)),
      // The page ends when the panel is hidden; shown again it is a new page, which says that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.feed.hide();
      }),
    ];
    panel.webview.options = panelOptions(folder);
    panel.iconPath = new vscode.ThemeIcon('dashboard');
    panel.webview.html = pageOf(panel.webview, folder);
  }

  /** Brings the panel to the front, in the column where it is. */
  reveal(): void {
    this.#parts.panel.reveal();
  }

  dispose(): void {
    this.feed.dispose();
    for (const listener of this.#listeners) listener.dispose();
  }

  #receive(data: unknown): void {
    const received = readPageMessage(data);
    if (received.ok) void this.#obey(received.message).catch((error: unknown) => this.#parts.report(error));
    else this.#parts.log.warn(`A message of the Dashboard was left alone: ${received.reason}`);
  }

  async #obey(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.feed.show(message.runId);
      case 'selectRun':
        return this.feed.select(message.runId);
      case 'showTasks':
        return this.feed.showTasks(message.offset);
      case 'openResult':
      case 'cancelRun':
      case 'resumeRun':
        return vscode.commands.executeCommand(`ensemble.${message.type}`, message.runId);
      case 'answer':
        return vscode.commands.executeCommand('ensemble.answerAgent', elementId(message.runId, message.taskId));
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'command':
        return runCommand(message.command);
      case 'rejected':
        this.#parts.log.warn(`The Dashboard could not read a message: ${message.reason}`);
    }
  }
}

async function runCommand(command: Extract<PageMessage, { type: 'command' }>['command']): Promise<void> {
  await vscode.commands.executeCommand(command === 'manageTrust' ? 'workbench.trust.manage' : `ensemble.${command}`);
}

function pageOf(webview: vscode.Webview, folder: vscode.Uri): string {
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  return dashboardHtml({
    script: file('dashboard.js'),
    style: file('dashboard-style.css'),
    codicons: file('codicon.css'),
    cspSource: webview.cspSource,
    nonce: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))),
    language: vscode.env.language,
    title: vscode.l10n.t('Ensemble Dashboard'),
    translations: vscode.l10n.bundle,
  });
}
