import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { HostMessage, PageMessage } from '../../../src/protocol/dashboard.ts';
import { dashboardHtml } from '../../../src/shells/vscode/webview-host/dashboard-html.ts';
import { NOW } from '../../support/dashboard-samples.ts';

const ORIGIN = 'https://dashboard.test';
const ROOT = path.resolve(import.meta.dirname, '..', '..', '..');
const FILES = path.join(ROOT, 'dist', 'webview');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The editor's themes as its own window had them, by name. */
export const THEMES: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  fs.readFileSync(path.join(ROOT, 'test', 'fixtures', 'dashboard', 'themes.json'), 'utf8'),
);

/** How a page is shown. */
export interface PageOptions {
  readonly theme?: string;
  readonly width?: number;
  readonly height?: number;
  /** 2 is 200 %: half the room for text twice as large. */
  readonly zoom?: number;
  readonly reducedMotion?: boolean;
  /** What an earlier page left. */
  readonly kept?: unknown;
  /** Translations; undefined: English. */
  readonly translations?: Readonly<Record<string, string>>;
}

/** What `axe` found wrong: one line per rule and element. */
export type Violations = readonly string[];

/** The page of the Dashboard in a browser of its own, with a stand-in for the editor around it. */
export class DashboardPage {
  readonly page: Page;
  /** Refused by the page's policy, thrown by its script, or logged as an error. */
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  /** Opens the page; it has no snapshot yet. */
  static async open(browser: Browser, options: PageOptions = {}): Promise<DashboardPage> {
    const { width = 1200, height = 900, zoom = 1, reducedMotion = false, theme = 'dark' } = options;
    const context = await browser.newContext({
      viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
      deviceScaleFactor: zoom,
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      locale: 'en',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const shown = new DashboardPage(page);
    await page.clock.setFixedTime(NOW);
    const frame = { kept: options.kept ?? null, variables: THEMES[theme] ?? {}, theme };
    await page.addInitScript(`globalThis.frame = ${JSON.stringify(frame)};`);
    await page.addInitScript({ path: path.join(import.meta.dirname, 'in-page.js') });
    await page.route(`${ORIGIN}/**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === '') return route.fulfill({ contentType: 'text/html', body: htmlOf(options.translations) });
      return route.fulfill({ path: path.join(FILES, name) });
    });
    await page.goto(ORIGIN);
    return shown;
  }

  /** Sends a message as the extension does, and waits until it is drawn. */
  async send(...messages: readonly HostMessage[]): Promise<void> {
    await this.sendRaw(...messages);
  }

  /** The same with anything. */
  async sendRaw(...messages: readonly unknown[]): Promise<void> {
    await this.#inPage('receive', messages);
  }

  /** What the page has asked for so far. */
  sent(): Promise<PageMessage[]> {
    return this.page.evaluate('globalThis.sentMessages');
  }

  /** What the page would find after a reload. */
  kept(): Promise<unknown> {
    return this.page.evaluate('globalThis.keptState');
  }

  /** Runs every rule of the standards and of good practice. */
  async axe(): Promise<Violations> {
    // Through the debugger: the page's policy allows no other script.
    if (!(await this.page.evaluate('"axe" in globalThis'))) await this.page.evaluate(fs.readFileSync(AXE, 'utf8'));
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return this.#inPage('violations', tags);
  }

  /** Boxes among the matching ones that lie over one another. */
  overlaps(selector: string): Promise<readonly string[]> {
    return this.#inPage('overlaps', selector);
  }

  /** True when the page itself would scroll sideways. */
  scrollsSideways(): Promise<boolean> {
    return this.page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  }

  /** Writes a picture to look at into the ignored folder of screenshots; only with ENSEMBLE_PICTURES=1. */
  async shot(name: string): Promise<void> {
    if (process.env.ENSEMBLE_PICTURES !== '1') return;
    await this.page.screenshot({
      path: path.join(ROOT, 'out', 'screenshots', `dashboard-page-${name}.png`),
      fullPage: true,
    });
  }

  #inPage<T>(name: string, argument: unknown): Promise<T> {
    return this.page.evaluate(`globalThis.inPage.${name}(${JSON.stringify(argument)})`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Starts the browser that all pages of a suite share. */
export async function launchBrowser(): Promise<Browser> {
  const { ensureChromium } = await import('../../host/code-server/chromium.mjs');
  return chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox', '--disable-gpu'] });
}

function htmlOf(translations: PageOptions['translations']): string {
  return dashboardHtml({
    script: `${ORIGIN}/dashboard.js`,
    style: `${ORIGIN}/dashboard-style.css`,
    codicons: `${ORIGIN}/codicon.css`,
    cspSource: ORIGIN,
    nonce: 'bm9uY2U=',
    language: 'en',
    title: 'Ensemble Dashboard',
    translations,
  });
}
