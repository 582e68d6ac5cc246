import path from 'node:path';

/** Variables that name provider accounts, their servers or our own settings. */
export const ACCOUNT_VARIABLE =
  /^((GROK|XAI|OPENAI|ANTHROPIC|GEMINI|GOOGLE|OPENROUTER|GROQ)_\w*|OLLAMA_HOST|ENSEMBLE_\w*)$/;

/**
 * The environment without any provider account and with a home folder of its own: what runs in it finds no key, calls no
 * live model and leaves the user's database alone.
 */
export function withoutAccounts(home, env = process.env) {
  const kept = Object.entries(env).filter(([name]) => !ACCOUNT_VARIABLE.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
  };
}
