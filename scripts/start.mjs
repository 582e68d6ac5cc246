#!/usr/bin/env node
/**
 * `npm start`: from a fresh clone to findings on the screen. Builds the product and reviews the bundled sample project on
 * the command line with the offline provider: no key, no account, nothing leaves the machine.
 */
import path from 'node:path';
import { withoutAccounts } from './lib/clean-environment.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, say } from './lib/project.mjs';
import { temporaryFolder } from './lib/temporary.mjs';

const SAMPLE = 'media/sample';

const NEXT = `
That was the built-in offline provider: fixed rules, no language model, nothing sent anywhere.

The same in VS Code:
  1. npm run package                           writes ensemble-agents-<version>.vsix
  2. code --install-extension <that file>      or "Extensions: Install from VSIX..." in the command palette
  3. open a file, select code, right-click     Ensemble > Review Selection with Agents

With a language model on the command line:
  export GROK_API_KEY=...                      or OPENAI_API_KEY, ANTHROPIC_API_KEY, ...
  node dist/cli.js review ${SAMPLE}

README.md has more.`;

async function reviewSample(home) {
  const cli = inProject('dist', 'cli.js');
  const database = path.join(home, 'ensemble.db');
  say(`\n$ ensemble review ${SAMPLE}\n`);
  // The environment is replaced, not extended: an account of the caller must not be used for a demonstration.
  return runNode([cli, 'review', SAMPLE, '--db', database, '--yes'], { env: withoutAccounts(home), replaceEnv: true });
}

await runMain(async () => {
  await ensureDependencies();
  const built = await runNode([inProject('scripts', 'build.mjs'), '--no-types']);
  if (built !== 0) return built;
  const { folder: home, remove } = temporaryFolder('ensemble-start-');
  try {
    const code = await reviewSample(home);
    if (code === 0) say(NEXT);
    return code;
  } finally {
    remove();
  }
});
