import { addCounts, noCounts } from './counts.mjs';

/** The counts of something that is one test as a whole. */
export const oneTest = (name, ok) => ({ ...noCounts(), [ok ? 'passed' : 'failed']: 1, failures: ok ? [] : [name] });

/** The counts that a suite reported, corrected for all that must not pass: no report, no test, a bad exit code. */
export function judge({ name, countsAsOne = false }, code, counts) {
  if (countsAsOne) return oneTest(name, code === 0);
  const ran = counts !== undefined && counts.passed + counts.failed > 0;
  if (ran && (code === 0 || counts.failed > 0)) return counts;
  const reason = ran ? `ended with ${code}` : `ran no test (exit code ${code})`;
  return addCounts(counts ?? noCounts(), oneTest(`${name} ${reason}`, false));
}
