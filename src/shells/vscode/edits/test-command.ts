/** What cmd.exe, which starts `.cmd` files, takes for more than text. */
const UNSAFE_ON_WINDOWS = /[&|<>^%!"'`\r\n]/;

/** Programs that are batch files on Windows. */
const BATCH = new Set(['npx', 'npm', 'pnpm', 'yarn']);

/**
 * A command of a test plan as it is run in one folder of the window: of several folders, paths begin with the one they are
 * in, which the program does not know. Null: it cannot be passed on safely on this system.
 */
export function commandInFolder(
  command: readonly string[],
  segment: string,
  platform: NodeJS.Platform,
): readonly [string, ...string[]] | null {
  const [program, ...args] = segment === '' ? command : command.map((part) => inFolder(part, segment));
  if (program === undefined || program === '') return null;
  if (platform !== 'win32') return [program, ...args];
  if ([program, ...args].some((part) => UNSAFE_ON_WINDOWS.test(part))) return null;
  return BATCH.has(program) ? ['cmd.exe', '/d', '/c', `${program}.cmd`, ...args] : [program, ...args];
}

/** `api/a.py` as `a.py`, `./api/x` as `./x`. */
function inFolder(part: string, segment: string): string {
  for (const dot of ['', './']) {
    if (part === `${dot}${segment}`) return '.';
    if (part.startsWith(`${dot}${segment}/`)) return dot + part.slice(dot.length + segment.length + 1);
  }
  return part;
}

/**
 * The environment of a program that runs generated code: that of the editor without its own switches and without what
 * looks like a key.
 */
export function testEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isPrivate = /^(ELECTRON_|VSCODE_|NODE_OPTIONS$)|(^|_)(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)(_\d+)?$/i;
  const kept = Object.entries(env).filter(([name]) => !isPrivate.test(name));
  return { ...Object.fromEntries(kept), FORCE_COLOR: '1' };
}
