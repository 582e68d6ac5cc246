import type { AccountEntry } from './account-entry.ts';

/**
 * Those that did not do the work which a call judges: accounts of other vendors, else other accounts, else all. A model is a poor
 * judge of what it wrote itself. `all`: accounts
 * by whose names the authors' vendors are known, also when they take no calls now.
 */
export function otherThan(
  authors: readonly string[],
  entries: readonly AccountEntry[],
  all: readonly AccountEntry[],
): readonly AccountEntry[] {
  if (authors.length === 0) return entries;
  const isAuthor = ({ account }: AccountEntry) => authors.includes(account.name);
  const vendors = new Set(all.filter(isAuthor).map(({ account }) => account.provider));
  const ofOtherVendors = entries.filter(({ account }) => !vendors.has(account.provider));
  if (ofOtherVendors.length > 0) return ofOtherVendors;
  const others = entries.filter((entry) => !isAuthor(entry));
  return others.length > 0 ? others : entries;
}
