import { keyProblem } from '../../core/accounts/key-text.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { ProviderId } from '../../core/model.ts';
import { VENDORS } from './catalogue.ts';

/** Throws `no-usable-account`, without the key, for one that must not or cannot be sent to the account's endpoint. */
export function requireUsableKey(
  account: { readonly name: string; readonly provider: ProviderId; readonly baseURL: string | null },
  key: string,
): void {
  const problem = keyProblem(key, account);
  if (problem === null) return;
  if (problem.what === 'characters') {
    throw new EnsembleError('no-usable-account', `The key of "${account.name}" holds characters that no API key has.`, {
      hint: 'Copy the key again, without quotes, spaces and line breaks.',
    });
  }
  const [theirs, ours] = [VENDORS[problem.vendor].label, VENDORS[account.provider].label];
  throw new EnsembleError(
    'no-usable-account',
    `The key of "${account.name}" is one of ${theirs}, so it was not sent to ${ours}.`,
    { hint: `Give the account a key of ${ours}, or set its provider to ${problem.vendor}.` },
  );
}
