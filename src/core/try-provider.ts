import { type ErrorInfo, toErrorInfo } from './errors.ts';
import type { Clock, ModelProvider } from './ports.ts';

/** How long an account test may take, ms. */
const ACCOUNT_TEST_TIMEOUT_MS = 15_000;

/** Result of asking an account for its models. */
export interface AccountTest {
  readonly name: string;
  readonly ok: boolean;
  readonly models: readonly string[];
  readonly latencyMs: number;
  readonly error: ErrorInfo | null;
}

/**
 * Asks a provider for its models. What goes wrong is in the result, also that it took too long; rejects only with the
 * signal's reason.
 */
export async function tryProvider(
  name: string,
  bind: () => Promise<ModelProvider>,
  clock: Pick<Clock, 'monotonic'>,
  signal: AbortSignal,
): Promise<AccountTest> {
  const began = clock.monotonic();
  const latencyMs = () => Math.round(clock.monotonic() - began);
  try {
    const provider = await bind();
    const models = await provider.listModels(AbortSignal.any([signal, AbortSignal.timeout(ACCOUNT_TEST_TIMEOUT_MS)]));
    return { name, ok: true, models, latencyMs: latencyMs(), error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { name, ok: false, models: [], latencyMs: latencyMs(), error: toErrorInfo(error) };
  }
}
