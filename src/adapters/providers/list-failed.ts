import { EnsembleError } from '../../core/errors.ts';
import type { ProviderFailure } from '../../core/model.ts';

/** The error of a list of models that could not be had; a test of an account shows it. */
export function listFailed({ cause, message }: ProviderFailure): EnsembleError {
  return cause === 'auth'
    ? new EnsembleError('no-usable-account', message, { hint: 'Give the account a valid key.' })
    : new EnsembleError('provider-failed', message, { hint: 'Check the endpoint and try again.' });
}
