import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { checkImports } from '../../../scripts/check-imports.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';

interface Plant {
  readonly rule: string;
  readonly what: string;
  /** Files that are added to the clean tree; the first one is the offender. */
  readonly files: Readonly<Record<string, string>>;
}

/** A small house in which every import that the rules allow is used once. */
const CLEAN: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'planted', type: 'module', devDependencies: { zod: '*', 'p-limit': '*' } }),
  'src/extension.ts':
    "import * as vscode from 'vscode';\nimport { start } from './shells/vscode/start.ts';\nstart(vscode);\n",
  'src/entries/cli.ts': "import { main } from '../shells/cli/main.ts';\nmain();\n",
  'src/compose.ts':
    "import { rule } from './core/rule.ts';\nimport { store } from './adapters/storage/store.ts';\nexport const all = [rule, store];\n",
  'src/core/rule.ts':
    "import { z } from 'zod';\nimport pLimit from 'p-limit';\nexport const rule = [z, pLimit];\nexport type Rule = 1;\n",
  'src/adapters/storage/store.ts':
    "import fs from 'node:fs';\nimport { rule } from '../../core/rule.ts';\nexport const store = [fs, rule];\n",
  'src/adapters/providers/shared/retry.ts': 'export const retry = 1;\n',
  'src/adapters/providers/catalogue.ts':
    "import { alpha } from './alpha/alpha.ts';\nexport const catalogue = [alpha];\n",
  'src/adapters/providers/alpha/alpha.ts': "import { retry } from '../shared/retry.ts';\nexport const alpha = retry;\n",
  'src/adapters/providers/beta/beta.ts': 'export const beta = 1;\n',
  'src/protocol/message.ts':
    "import { z } from 'zod';\nimport type { Rule } from '../core/rule.ts';\nexport const message: [unknown, Rule] = [z, 1];\n",
  'src/shells/cli/main.ts':
    "import { all } from '../../compose.ts';\nimport { rule } from '../../core/rule.ts';\nimport { message } from '../../protocol/message.ts';\nexport const main = () => [all, rule, message];\n",
  'src/shells/vscode/start.ts':
    "import type * as vscode from 'vscode';\nexport const start = (api: typeof vscode) => api;\n",
  'src/shells/webview/page.ts': "import { message } from '../../protocol/message.ts';\nexport const page = message;\n",
};

const plant = (rule: string, what: string, file: string, code: string, more: Record<string, string> = {}): Plant => ({
  rule,
  what,
  files: { [file]: `${code}\n`, ...more },
});

const PLANTS: readonly Plant[] = [
  plant('no-circular', 'two files import each other', 'src/core/a.ts', "import './b.ts';\nexport const a = 1;", {
    'src/core/b.ts': "import './a.ts';\nexport const b = 1;\n",
  }),
  plant('core-is-pure', 'core reads files', 'src/core/bad.ts', "import fs from 'node:fs';\nexport const x = fs;"),
  plant(
    'core-is-pure',
    'core only names a type of Node',
    'src/core/bad.ts',
    "import type { Stats } from 'fs';\nexport type X = Stats;",
  ),
  plant(
    'core-is-pure',
    'core imports an adapter',
    'src/core/bad.ts',
    "export { store } from '../adapters/storage/store.ts';",
  ),
  plant(
    'core-is-pure',
    'core imports an adapter lazily',
    'src/core/bad.ts',
    "export const x = () => import('../adapters/storage/store.ts');",
  ),
  plant(
    'core-is-pure',
    'core imports a package with input and output',
    'src/core/bad.ts',
    "import OpenAI from 'openai';\nexport const x = OpenAI;",
  ),
  plant(
    'adapters-use-core-only',
    'an adapter imports a shell',
    'src/adapters/tools/bad.ts',
    "export { main } from '../../shells/cli/main.ts';",
  ),
  plant(
    'adapters-use-core-only',
    'an adapter imports the wiring',
    'src/adapters/tools/bad.ts',
    "export { all } from '../../compose.ts';",
  ),
  plant(
    'vendors-are-strangers',
    'a vendor imports another',
    'src/adapters/providers/beta/bad.ts',
    "export { alpha } from '../alpha/alpha.ts';",
  ),
  plant(
    'vendors-are-strangers',
    'shared code imports a vendor',
    'src/adapters/providers/shared/bad.ts',
    "export { alpha } from '../alpha/alpha.ts';",
  ),
  plant(
    'compose-wires-adapters-and-core',
    'the wiring imports a shell',
    'src/compose/bad.ts',
    "export { main } from '../shells/cli/main.ts';",
  ),
  plant(
    'protocol-knows-core-and-zod',
    'protocol imports an adapter',
    'src/protocol/bad.ts',
    "export { store } from '../adapters/storage/store.ts';",
  ),
  plant(
    'protocol-knows-core-and-zod',
    'protocol imports Node',
    'src/protocol/bad.ts',
    "import os from 'node:os';\nexport const x = os;",
  ),
  plant(
    'protocol-takes-types-only',
    'protocol imports a value of core',
    'src/protocol/bad.ts',
    "export { rule } from '../core/rule.ts';",
  ),
  plant(
    'shells-are-strangers',
    'a shell imports another',
    'src/shells/cli/bad.ts',
    "export { start } from '../vscode/start.ts';",
  ),
  plant(
    'shells-use-compose-core-protocol',
    'a shell imports an adapter',
    'src/shells/cli/bad.ts',
    "export { store } from '../../adapters/storage/store.ts';",
  ),
  plant(
    'webview-uses-protocol-only',
    'the webview imports core',
    'src/shells/webview/bad.ts',
    "export { rule } from '../../core/rule.ts';",
  ),
  plant(
    'web-has-no-node',
    'a variant for browsers imports Node',
    'src/adapters/storage/store.web.ts',
    "import os from 'node:os';\nexport const x = os;",
  ),
  plant(
    'editor-needs-no-node',
    'the shell of the editor imports Node',
    'src/shells/vscode/bad.ts',
    "import os from 'node:os';\nexport const x = os;",
  ),
  plant(
    'webview-has-no-node',
    'the webview imports Node',
    'src/shells/webview/bad.ts',
    "import os from 'node:os';\nexport const x = os;",
  ),
  plant(
    'vscode-in-its-shell-only',
    'an adapter imports the editor',
    'src/adapters/tools/bad.ts',
    "import * as vscode from 'vscode';\nexport const x = vscode;",
  ),
  plant(
    'vscode-in-its-shell-only',
    'the command line names a type of the editor',
    'src/shells/cli/bad.ts',
    "import type { Uri } from 'vscode';\nexport type X = Uri;",
  ),
  plant(
    'vscode-in-its-shell-only',
    'an import type names the editor',
    'src/shells/cli/bad.ts',
    "export type X = import('vscode').Uri;",
  ),
  plant(
    'vscode-in-its-shell-only',
    'a reference names the editor',
    'src/shells/cli/bad.ts',
    '/// <reference types="vscode" />\nexport const x = 1;',
  ),
  plant(
    'extension-only-delegates',
    'the activation file imports the wiring',
    'src/extension.ts',
    "export { all } from './compose.ts';",
  ),
  plant(
    'nobody-imports-entries',
    'a shell imports an entry',
    'src/shells/cli/bad.ts',
    "import '../../entries/cli.ts';\nexport const x = 1;",
  ),
  plant(
    'src-stands-alone',
    'an adapter imports a test',
    'src/adapters/tools/bad.ts',
    "export { x } from '../../../test/x.ts';",
    {
      'test/x.ts': 'export const x = 1;\n',
    },
  ),
  plant(
    'packages-are-declared',
    'an adapter imports a package that package.json does not name',
    'src/adapters/tools/bad.ts',
    "import ts from 'typescript';\nexport const x = ts;",
  ),
  plant('imports-resolve', 'a file imports nothing', 'src/adapters/tools/bad.ts', "export { x } from './missing.ts';"),
  plant('file-has-a-layer', 'a file lies beside the layers', 'src/helpers.ts', 'export const x = 1;'),
  plant('file-has-a-layer', 'a shell that nobody knows', 'src/shells/desktop/bad.ts', 'export const x = 1;'),
  plant('no-barrels', 'a folder has an index', 'src/core/index.ts', "export { rule } from './rule.ts';"),
];

describe('import rules', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-rules-')));
    fs.symlinkSync(inProject('node_modules'), path.join(folder, 'node_modules'), 'junction');
    write(CLEAN);
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, code] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), code);
    }
  }

  it('accepts every allowed import', async () => {
    const { files, problems } = await checkImports(folder);
    assert.deepEqual(problems, []);
    assert.equal(files, Object.keys(CLEAN).filter((name) => name.startsWith('src/')).length);
  });

  for (const { rule, what, files } of PLANTS) {
    it(`${rule}: ${what}`, async () => {
      write(files);
      const { problems } = await checkImports(folder);
      const [offender] = Object.keys(files);
      const caught = problems.filter((one) => one.rule === rule);
      assert.ok(
        caught.some(({ from }) => from === offender),
        `not caught; found ${JSON.stringify(problems)}`,
      );
    });
  }

  it('has a planted violation for every rule', () => {
    const { forbidden } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs');
    const planted = new Set(PLANTS.map(({ rule }) => rule));
    const missing = forbidden.map(({ name }: { name: string }) => name).filter((name: string) => !planted.has(name));
    assert.deepEqual(missing, []);
  });

  it('fails when there is nothing to read', async () => {
    fs.rmSync(path.join(folder, 'src'), { recursive: true });
    const { problems } = await checkImports(folder);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['something-was-read'],
    );
  });
});
