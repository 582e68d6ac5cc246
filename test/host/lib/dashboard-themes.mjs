import fs from 'node:fs';
import { inProject } from '../../../scripts/lib/project.mjs';

/** The editor's own themes: their names in the settings, and the class that a page's body has under them. */
export const THEMES = {
  dark: { title: 'Default Dark Modern', body: 'vscode-dark' },
  light: { title: 'Default Light Modern', body: 'vscode-light' },
  'high-contrast-dark': {
    title: 'Default High Contrast',
    body: 'vscode-high-contrast:not(.vscode-high-contrast-light)',
  },
  'high-contrast-light': { title: 'Default High Contrast Light', body: 'vscode-high-contrast-light' },
};

const FILE = inProject('test', 'fixtures', 'dashboard', 'themes.json');

/**
 * Writes the themes' colours for the tests that show the page without an editor, as far as the page uses them; only with
 * ENSEMBLE_RECORD_THEMES=1.
 */
export function keepThemes(themes) {
  if (process.env.ENSEMBLE_RECORD_THEMES !== '1') return;
  const sources = ['dashboard.js', 'dashboard-style.css'].map((name) =>
    fs.readFileSync(inProject('dist', 'webview', name), 'utf8'),
  );
  const used = new Set(sources.flatMap((text) => text.match(/--vscode-[\w-]+/g) ?? []));
  const kept = Object.entries(themes).map(([name, theme]) => [
    name,
    Object.fromEntries(Object.entries(theme).filter(([key]) => used.has(key))),
  ]);
  fs.mkdirSync(inProject('test', 'fixtures', 'dashboard'), { recursive: true });
  fs.writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`);
}
