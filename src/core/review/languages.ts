/** Languages by file extension, named as VS Code names them. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascriptreact',
  py: 'python',
  pyi: 'python',
  rb: 'ruby',
  go: 'go',
  rs: 'rust',
  java: 'java',
  kt: 'kotlin',
  kts: 'kotlin',
  scala: 'scala',
  swift: 'swift',
  cs: 'csharp',
  fs: 'fsharp',
  vb: 'vb',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  m: 'objective-c',
  mm: 'objective-cpp',
  php: 'php',
  pl: 'perl',
  lua: 'lua',
  dart: 'dart',
  ex: 'elixir',
  exs: 'elixir',
  erl: 'erlang',
  clj: 'clojure',
  hs: 'haskell',
  ml: 'ocaml',
  jl: 'julia',
  r: 'r',
  sql: 'sql',
  sh: 'shellscript',
  bash: 'shellscript',
  zsh: 'shellscript',
  ps1: 'powershell',
  bat: 'bat',
  cmd: 'bat',
  vue: 'vue',
  svelte: 'svelte',
  html: 'html',
  htm: 'html',
  css: 'css',
  scss: 'scss',
  sass: 'sass',
  less: 'less',
  json: 'json',
  jsonc: 'jsonc',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  ini: 'ini',
  xml: 'xml',
  md: 'markdown',
  mdx: 'mdx',
  rst: 'restructuredtext',
  tex: 'latex',
  tf: 'terraform',
  proto: 'proto3',
  graphql: 'graphql',
  gradle: 'groovy',
  groovy: 'groovy',
};

const BY_NAME: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  makefile: 'makefile',
  jenkinsfile: 'groovy',
  gemfile: 'ruby',
  rakefile: 'ruby',
};

/** Interpreters of scripts without an extension. */
const BY_INTERPRETER: readonly (readonly [RegExp, string])[] = [
  [/\b(?:node|bun)\b/, 'javascript'],
  [/\b(?:deno|tsx|ts-node)\b/, 'typescript'],
  [/\bpython[\d.]*\b/, 'python'],
  [/\b(?:ba|z|da|k)?sh\b/, 'shellscript'],
  [/\bruby\b/, 'ruby'],
];

/** The language of a file by its name, else by the interpreter in its first line, else `plaintext`. */
export function languageOf(path: string, text: string): string {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  const named = BY_NAME[name] ?? (name.includes('.') ? BY_EXTENSION[name.split('.').at(-1) ?? ''] : undefined);
  if (named !== undefined) return named;
  if (!text.startsWith('#!')) return 'plaintext';
  const firstLine = text.slice(0, 200).split('\n', 1)[0] ?? '';
  return BY_INTERPRETER.find(([pattern]) => pattern.test(firstLine))?.[1] ?? 'plaintext';
}

const SCRIPTS = new Set(['typescript', 'typescriptreact', 'javascript', 'javascriptreact']);

/** The languages that the built-in rules of the offline reviewer know; null: they have nothing to say about it. */
export function ruleLanguage(languageId: string): 'script' | 'python' | null {
  if (SCRIPTS.has(languageId)) return 'script';
  return languageId === 'python' ? 'python' : null;
}
