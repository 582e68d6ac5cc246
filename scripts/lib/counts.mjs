import fs from 'node:fs';
import path from 'node:path';

/**
 * How a suite tells the program that started it what it ran: `{ passed, failed, skipped, failures }` as JSON in the file
 * that this variable names. Printed text is for people only and never parsed.
 */
export const COUNTS_VARIABLE = 'ENSEMBLE_COUNTS';

export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] });

export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
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
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** `3 passed, 0 failed`, with the skipped ones only when there are any. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** Counts of a list of named checks, each of which is one test. */
export function countChecks(results) {
  const failures = results.filter(({ ok }) => !ok).map(({ name }) => name);
  return { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures };
}
