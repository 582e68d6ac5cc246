import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { inProject } from '../../../scripts/lib/project.mjs';

/** Themes in which every surface is looked at: the word in the picture's name and the theme's own name. */
const THEMES = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast-dark': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};
const MOST_BYTES = 300_000;

/** Settings of a window that is going to be pictured. */
export const PICTURE_SETTINGS = {
  'workbench.colorTheme': THEMES.dark,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  // The sample's packages are not installed: what is red is what the agents found.
  'typescript.validate.enable': false,
};

/**
 * Shows each scene (`{ name, show, leave?, readme? }`) and takes its picture in all themes into the ignored folder of screenshots.
 * With ENSEMBLE_PICTURES=1 the dark ones of scenes with `readme` also replace those in docs/images.
 */
export async function takePictures(h, scenes) {
  for (const { name, show, leave, readme } of scenes) {
    await h.step(name, async () => {
      await setTheme(h, THEMES.dark);
      await show(h);
      for (const [word, theme] of Object.entries(THEMES)) {
        await setTheme(h, theme);
        await h.sleep(1200); // fading and colouring
        const file = await h.shot(`${name} ${word}`);
        if (readme && word === 'dark') keep(file, name);
      }
      await leave?.(h);
    });
  }
}

function setTheme(h, theme) {
  return h.evaluate(
    (vscode, name) =>
      vscode.workspace.getConfiguration().update('workbench.colorTheme', name, vscode.ConfigurationTarget.Global),
    theme,
  );
}

function keep(file, name) {
  const { size } = fs.statSync(file);
  assert.ok(size < MOST_BYTES, `${name}: ${size} bytes`);
  if (process.env.ENSEMBLE_PICTURES !== '1') return;
  fs.mkdirSync(inProject('docs', 'images'), { recursive: true });
  fs.copyFileSync(file, path.join(inProject('docs', 'images'), `${name}.png`));
}
