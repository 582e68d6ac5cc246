import type { Workspace } from '../ports.ts';
import type { Framework } from './framework.ts';
import { foldersAbove, readSmall, type TestProject } from './project.ts';

/** Packages that let Node run TypeScript, with the flag that loads them. */
const LOADERS = ['tsx', 'ts-node/esm', '@swc-node/register/esm-register'];

/**
 * Program and arguments that run one test file, from the workspace root: the project's own runner, as installed, never one
 * that would be fetched first. Null: it is not installed.
 */
export async function commandFor(
  testFile: string,
  framework: Framework,
  project: TestProject,
  workspace: Workspace,
): Promise<readonly string[] | null> {
  switch (framework) {
    case 'node:test':
      return ['node', ...loaderFlags(testFile, project), '--test', testFile];
    case 'mocha':
    case 'vitest':
    case 'jest': {
      const program = await installedProgram(framework, testFile, workspace);
      if (program === null) return null;
      const loader = framework === 'mocha' ? loaderFlags(testFile, project) : [];
      return ['node', ...loader, program, ...(framework === 'vitest' ? ['run'] : []), testFile];
    }
    case 'pytest':
      return ['python3', '-m', 'pytest', testFile];
    case 'unittest':
      return ['python3', '-m', 'unittest', testFile];
    case 'go test': {
      const folder = testFile.split('/').slice(0, -1).join('/');
      return ['go', 'test', folder === '' ? '.' : `./${folder}`];
    }
  }
}

/** Node itself takes types away; a loader of the project knows more of TypeScript. */
function loaderFlags(testFile: string, { pack }: TestProject): string[] {
  if (!/\.[cm]?tsx?$/.test(testFile)) return [];
  const loader = LOADERS.find((one) => {
    const name = one.startsWith('@') ? one.split('/').slice(0, 2).join('/') : (one.split('/')[0] ?? '');
    return pack?.dependencies.includes(name);
  });
  return loader === undefined ? [] : ['--import', loader];
}

/** The file behind a package's command, in the nearest `node_modules`. */
async function installedProgram(name: string, testFile: string, workspace: Workspace): Promise<string | null> {
  for (const folder of foldersAbove(testFile)) {
    const home = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const text = await readSmall(workspace, `${home}/package.json`);
    if (text === null) continue;
    const bin = binOf(text, name);
    if (bin !== null) return `${home}/${bin.replace(/^\.\//, '')}`;
  }
  return null;
}

function binOf(text: string, name: string): string | null {
  try {
    const { bin } = JSON.parse(text) as { bin?: string | Record<string, string> };
    return (typeof bin === 'string' ? bin : bin?.[name]) ?? null;
  } catch {
    return null;
  }
}
