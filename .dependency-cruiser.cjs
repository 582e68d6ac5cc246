/**
 * Who may import whom (docs/architecture.md has the picture). Imports point one way:
 *
 *   entries, extension, shells -> compose -> adapters -> core
 *
 * Shells may also use core and protocol; protocol uses core's types only. `npm run check` runs these rules through
 * scripts/check-imports.mjs; test/unit/scripts/dependency-rules.test.ts plants one violation of each.
 */

/** The only packages that core may use: they compute, they do no input or output. Add one only with a decision record. */
const CORE_PACKAGES = 'node_modules/(zod|p-limit|handlebars|ignore|diff|ulid|@noble/hashes)/';

// An installed @types/vscode resolves to its declarations, an absent one to the bare name.
const VSCODE = '(^|/)(node_modules/@types/)?vscode(/index\\.d\\.ts)?$';

/** Files of the editor's shell that need Node and have a variant for browsers. */
const WITH_WEB_VARIANT =
  '/(disk-files|database-file|home-folder|open-database|user-name|test-terminal|write-parts)\\.ts$';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle means that two files are one.', {}, { circular: true }),
    forbid(
      'core-is-pure',
      'core imports core and packages without input or output: no Node, no adapters, no editor.',
      { path: '^src/core/' },
      { pathNot: ['^src/core/', CORE_PACKAGES], couldNotResolve: false },
    ),
    forbid(
      'adapters-use-core-only',
      'adapters implement core ports and know nothing of what stands above them.',
      { path: '^src/adapters/' },
      { path: '^src/', pathNot: '^src/(adapters|core)/' },
    ),
    forbid(
      'vendors-are-strangers',
      'Provider vendors never import one another; what they share lies in adapters/providers/ or its shared/ folder.',
      { path: '^src/adapters/providers/([^/]+)/' },
      {
        path: '^src/adapters/providers/[^/]+/',
        pathNot: ['^src/adapters/providers/$1/', '^src/adapters/providers/shared/'],
      },
    ),
    forbid(
      'compose-wires-adapters-and-core',
      'compose is below the shells.',
      { path: '^src/compose(/|(\\.web)?\\.ts$)' },
      { path: '^src/', pathNot: '^src/(compose(/|(\\.web)?\\.ts$)|adapters/|core/)' },
    ),
    forbid(
      'protocol-knows-core-and-zod',
      'protocol is read by browser code and by other programs: shapes and schemas only.',
      { path: '^src/protocol/' },
      { pathNot: ['^src/(protocol|core)/', 'node_modules/zod/'] },
    ),
    forbid(
      'protocol-takes-types-only',
      'protocol must not pull core code into the webview bundle: use `import type`.',
      { path: '^src/protocol/' },
      { path: '^src/core/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'shells-are-strangers',
      'Shells never import one another.',
      { path: '^src/shells/([^/]+)/' },
      { path: '^src/shells/', pathNot: '^src/shells/$1/' },
    ),
    forbid(
      'shells-use-compose-core-protocol',
      'A shell gets adapters through compose.',
      { path: '^src/shells/' },
      { path: '^src/', pathNot: '^src/(shells/|compose(/|(\\.web)?\\.ts$)|core/|protocol/)' },
    ),
    forbid(
      'webview-uses-protocol-only',
      'The webview is browser code behind a message channel.',
      { path: '^src/shells/webview/' },
      { path: '^src/', pathNot: '^src/(shells/webview|protocol)/' },
    ),
    forbid(
      'webview-has-no-node',
      'There is no Node in a browser.',
      { path: '^src/shells/webview/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'web-has-no-node',
      'There is no Node in a browser: what needs it gets a variant beside it, NAME.web.ts.',
      { path: ['\\.web\\.ts$', '^src/adapters/storage/web/', '^src/compose/(wire-ensemble|providers|tracing)\\.ts$'] },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'editor-needs-no-node',
      'The shell also runs in browsers: what needs Node gets a variant beside it, NAME.web.ts, and a place in this list.',
      { path: '^src/shells/vscode/', pathNot: ['\\.web\\.ts$', WITH_WEB_VARIANT] },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'vscode-in-its-shell-only',
      'Everything else also runs on the command line.',
      { path: '^src/', pathNot: '^src/(shells/vscode/|extension\\.ts$)' },
      { path: VSCODE },
    ),
    forbid(
      'extension-only-delegates',
      'extension.ts registers; everything else is in the VS Code shell. It may name core types.',
      { path: '^src/extension\\.ts$' },
      { path: '^src/', pathNot: '^src/(shells/vscode|core)/' },
    ),
    forbid(
      'nobody-imports-entries',
      'An entry is the top of a bundle; workers are started by URL.',
      { path: '^src/' },
      { path: '^src/(entries/|extension\\.ts$)' },
    ),
    forbid(
      'src-stands-alone',
      'The product does not import tests, scripts or build results.',
      { path: '^src/' },
      { dependencyTypes: ['local'], pathNot: ['^src/', '^package\\.json$'] },
    ),
    forbid(
      'packages-are-declared',
      'A package that package.json does not name may be gone tomorrow.',
      { path: '^src/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: VSCODE },
    ),
    forbid(
      'imports-resolve',
      'An import that cannot be found cannot be checked either.',
      { path: '^src/' },
      { couldNotResolve: true, pathNot: VSCODE },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
