import { redact } from '../../core/policy/redaction.ts';

/** Variables that hold keys, by their names. */
const LIKE_A_KEY = /(KEY|TOKEN|SECRET|PASSWORD)(_\d)?$/i;
/** Shorter values are no keys, and would take words out of sentences. */
const SHORTEST = 8;

/** The message of a fault, which may quote anything, without the keys of the environment and whatever looks like one. */
export function safeMessage(message: string, env: Readonly<Record<string, string | undefined>>): string {
  const keys = Object.entries(env).flatMap(([name, value]) =>
    LIKE_A_KEY.test(name) && value !== undefined && value.length >= SHORTEST ? [value] : [],
  );
  return redact(message, keys).text;
}
