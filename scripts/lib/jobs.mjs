import { MANY_FLAKY } from './counts.mjs';
import { say } from './project.mjs';

/**
 * Runs so many jobs at a time and returns their counts, in the order of the jobs. A job gets a function that prints; what it
 * prints is kept together, unless jobs run one by one.
 */
export async function runJobs(jobs, atOnce) {
  // Loaded late: a fresh clone has no libraries before they were asked for.
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(atOnce);
  return Promise.all(
    jobs.map((job) =>
      limit(async () => {
        const printed = [];
        const counts = await job(atOnce === 1 ? (text) => process.stdout.write(text) : (text) => printed.push(text));
        for (const text of printed) process.stdout.write(text);
        return counts;
      }),
    ),
  );
}

/** As {@link runJobs}; the few that failed run once more, alone, and what passes then is counted and named as flaky. */
export async function runJobsTwice(jobs, atOnce) {
  const counts = await runJobs(jobs, atOnce);
  const failed = [...jobs.keys()].filter((at) => counts[at].failed > 0);
  if (failed.length > MANY_FLAKY) return counts;
  for (const at of failed) {
    const { failures } = counts[at];
    say(`\n[host] once more, because of: ${failures.join('; ')}`);
    const [again] = await runJobs([jobs[at]], 1);
    if (again.failed === 0) counts[at] = { ...again, flaky: failures };
  }
  return counts;
}
