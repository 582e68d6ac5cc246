import fs from 'node:fs';
import path from 'node:path';

/**
 * How a suite tells the program that started it what it ran: `{ passed, failed, skipped, failures, flaky }` as JSON in the file
 * that this variable names. Printed text is for people only and never parsed.
 */
export const COUNTS_VARIABLE = 'ENSEMBLE_COUNTS';

export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0, failures: [], flaky: [] });

export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
    flaky: [...a.flaky, ...b.flaky],
  };
}

/** Writes the counts where the starting program asked for them; does nothing when nobody asked. */
export function reportCounts(counts, file = process.env[COUNTS_VARIABLE]) {
  if (!file) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(counts));
}

/** The counts in `file`, or undefined when the suite ended without writing them. */
export function readCounts(file) {
  try {
    return { ...noCounts(), ...JSON.parse(fs.readFileSync(file, 'utf8')) };
  } catch {
    return undefined;
  }
}

/** How many tests of a suite may pass at their second try only: more are no accident. */
export const MANY_FLAKY = 3;

/** Counts in which tests that passed at their second try have failed, where they are too many to be accidents. */
export function withoutManyFlaky(counts) {
  const { passed, failed, failures, flaky } = counts;
  if (flaky.length <= MANY_FLAKY) return counts;
  return {
    ...counts,
    passed: passed - flaky.length,
    failed: failed + flaky.length,
    failures: [...failures, ...flaky],
    flaky: [],
  };
}

/** A line for each test that failed, and for each that passed at its second try only: that one has to be mended, too. */
export const problemLines = ({ failures, flaky }) => [
  ...flaky.map((name) => `FLAKY ${name}`),
  ...failures.map((name) => `FAIL ${name}`),
];

/** `3 passed, 0 failed`, with the skipped ones only when there are any. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** Counts of a list of named checks, each of which is one test. */
export function countChecks(results) {
  const failures = results.filter(({ ok }) => !ok).map(({ name }) => name);
  return { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures, flaky: [] };
}
