/** Never in a package: secrets, sources, tests, maps, other people's modules. */
const FORBIDDEN = [
  /(^|\/)\.env/,
  /\.(pem|key|p12|pfx|keystore)$/i,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)/,
  /\.map$/,
  /^extension\/(?!media\/sample\/).*\.tsx?$/,
  /^extension\/(src|test|scripts|bench|out|node_modules|\.git|\.github|\.vscode|\.ci)\//,
  /(^|\/)(package-lock\.json|tsconfig.*\.json|\.npmrc)$/,
  /\.(vsix|db|sqlite|log)$/,
];
/** Always in a package. */
const REQUIRED = [
  'package.json',
  'package.nls.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'dist/extension.js',
  'dist/storage-worker.js',
  'dist/web/extension.cjs',
  'dist/sql-wasm-debug.wasm',
  'dist/THIRD_PARTY_NOTICES.txt',
];

/** What is wrong with the list of files in a VSIX. The bundled sample project is source code on purpose. */
export function packageProblems(files) {
  const names = files.map(({ name }) => name);
  const forbidden = names.filter((name) => FORBIDDEN.some((pattern) => pattern.test(name)));
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const missing = REQUIRED.filter((name) => !lower.has(`extension/${name}`.toLowerCase()));
  return [
    ...forbidden.map((name) => `must not be in the package: ${name}`),
    ...missing.map((name) => `is missing: ${name}`),
  ];
}
