import type { SecretStore } from '../ports.ts';

/** Whether a key is kept for an account, for views. A store that fails is reported by the call that needs the key. */
export function hasKey(secrets: Pick<SecretStore, 'get'>, account: string): Promise<boolean> {
  return secrets.get(account).then(
    (key) => key !== null,
    () => true,
  );
}
