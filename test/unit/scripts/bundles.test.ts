import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { bundleNames, optionsOf } from '../../../esbuild.config.mjs';
import { bytesLoadedBy } from '../../../scripts/lib/activation-size.mjs';

/** Bundles `code` as if it were the source of the named bundle. */
function buildAs(name: string, code: string) {
  const { entryPoints: _, ...options } = optionsOf(name);
  return build({ ...options, stdin: { contents: code, loader: 'ts' }, write: false, logLevel: 'silent' });
}

describe('bundles', () => {
  const leak = "import * as vscode from 'vscode';\nconsole.log(vscode.version);";

  it('are five kinds', () => {
    assert.deepEqual(bundleNames, ['extension', 'programs', 'engine', 'storage worker', 'web extension', 'dashboard']);
  });

  it('of the extension may use the editor', async () => {
    const { outputFiles } = await buildAs('extension', leak);
    assert.match(outputFiles?.[0]?.text ?? '', /from"vscode"/);
  });

  for (const name of ['programs', 'storage worker', 'dashboard']) {
    it(`of the ${name} cannot be built when the editor leaks in`, async () => {
      await assert.rejects(buildAs(name, leak), /Could not resolve "vscode"/);
    });
  }

  it('of the web extension cannot be built when Node leaks in', async () => {
    await assert.rejects(
      buildAs('web extension', "import os from 'node:os';\nconsole.log(os);"),
      /Could not resolve "node:os"/,
    );
  });

  it('of the web extension is one file that asks for the editor alone', async () => {
    const { outputFiles } = await buildAs('web extension', leak);
    const names = [...(outputFiles?.[0]?.text ?? '').matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual(names, ['vscode']);
  });

  it('give bundled CommonJS code its require(), and the worker its folder', async () => {
    const code = 'console.log(require("node:os").EOL.length, typeof __dirname, typeof __filename);';
    const { outputFiles } = await buildAs('storage worker', code);
    assert.match(outputFiles?.[0]?.text ?? '', /createRequire.*const __dirname=/s);
  });
});

describe('activation size', () => {
  const chunk = (bytes: number, imports: readonly { path: string; kind: string }[] = []) => ({ bytes, imports });

  it('counts static imports once and lazy ones never', () => {
    const metafile = {
      outputs: {
        'dist/extension.js': chunk(100, [
          { path: 'dist/a.js', kind: 'import-statement' },
          { path: 'dist/b.js', kind: 'import-statement' },
          { path: 'dist/lazy.js', kind: 'dynamic-import' },
          { path: 'vscode', kind: 'import-statement' },
        ]),
        'dist/a.js': chunk(10, [{ path: 'dist/b.js', kind: 'import-statement' }]),
        'dist/b.js': chunk(1, [{ path: 'dist/a.js', kind: 'import-statement' }]),
        'dist/lazy.js': chunk(100_000),
      },
    };
    assert.equal(bytesLoadedBy(metafile, 'dist/extension.js'), 111);
  });
});
