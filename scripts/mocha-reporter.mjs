import Mocha from 'mocha';
import { noCounts, reportCounts, withoutManyFlaky } from './lib/counts.mjs';

const { Spec } = Mocha.reporters;
const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING, EVENT_TEST_RETRY } =
  Mocha.Runner.constants;

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

/** Mocha's spec output, plus the counts for the program that started the suite. */
class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = noCounts();
    const firstTries = new Map();
    runner.on(EVENT_TEST_RETRY, (test, error) => firstTries.set(test.fullTitle(), firstLine(error)));
    runner.on(EVENT_TEST_PASS, (test) => {
      const reason = firstTries.get(test.fullTitle());
      if (reason !== undefined) counts.flaky.push(`${test.fullTitle()}: ${reason}`);
      counts.passed++;
    });
    runner.on(EVENT_TEST_PENDING, () => counts.skipped++);
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed++;
      counts.failures.push(`${test.fullTitle()}: ${firstLine(error)}`);
    });
    runner.once(EVENT_RUN_END, () => reportCounts(withoutManyFlaky(counts)));
  }
}

// Mocha takes a reporter from a module's default export.
export { CountingReporter as default };
