import Mocha from 'mocha';
import { noCounts, reportCounts } from './lib/counts.mjs';

const { Spec } = Mocha.reporters;
const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

/** Mocha's spec output, plus the counts for the program that started the suite. */
class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = noCounts();
    runner.on(EVENT_TEST_PASS, () => counts.passed++);
    runner.on(EVENT_TEST_PENDING, () => counts.skipped++);
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed++;
      counts.failures.push(`${test.fullTitle()}: ${firstLine(error)}`);
    });
    runner.once(EVENT_RUN_END, () => reportCounts(counts));
  }
}

// Mocha takes a reporter from a module's default export.
export { CountingReporter as default };
