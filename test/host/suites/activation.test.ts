import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

/** The goal of the project: what is read before the first command may run. */
const MOST_BYTES = 60_000;

/** The files that an ES module imports statically, itself included: what activation loads. */
function loadedWith(entry: string): Map<string, number> {
  const loaded = new Map<string, number>();
  const visit = (file: string) => {
    if (loaded.has(file)) return;
    const text = fs.readFileSync(file, 'utf8');
    loaded.set(file, Buffer.byteLength(text));
    // Static imports and re-exports of our own chunks; `import(...)` has a parenthesis instead of a quote.
    for (const [, name] of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+)["']/g)) {
      if (name !== undefined) visit(path.join(path.dirname(file), name));
    }
  };
  visit(entry);
  return loaded;
}

describe('activation', () => {
  it('loads little', async () => {
    const extension = vscode.extensions.getExtension('ensemble.ensemble-agents');
    assert.ok(extension);
    const loaded = loadedWith(path.join(extension.extensionPath, 'dist', 'extension.js'));
    const bytes = [...loaded.values()].reduce((sum, size) => sum + size, 0);
    console.log(
      `      ${bytes} bytes: ${[...loaded].map(([file, size]) => `${path.basename(file)} ${size}`).join(', ')}`,
    );
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
    for (const file of loaded.keys()) {
      const text = fs.readFileSync(file, 'utf8');
      assert.doesNotMatch(text, /createEnsemble\s*\(|ZodError|Handlebars|Anthropic/, path.basename(file));
    }
  });
});
