import type { SecretStore } from '../ports.ts';

/** Told of every key that was stored or deleted: the account's name, never the key. */
export type KeyChange = (action: 'key-stored' | 'key-deleted', account: string) => void;

/** A store of keys whose changes are told. Reading is not: it happens before each call. */
export function auditedSecrets<Store extends SecretStore>(secrets: Store, changed: KeyChange): Store {
  return {
    ...secrets,
    set: async (account, key) => {
      await secrets.set(account, key);
      changed('key-stored', account);
    },
    delete: async (account) => {
      await secrets.delete(account);
      changed('key-deleted', account);
    },
  };
}
