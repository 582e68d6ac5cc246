import type { UsagePeriod } from '../../core/ports.ts';
import type { ReadRow } from './archive-source.ts';
import { dollars, tableHead, tableLine } from './markdown.ts';

/** The ledger, summed per month, account and model. */
export function* usageReport(periods: readonly UsagePeriod[]): Generator<string> {
  yield '# Usage\n\nEvery call is in `json/usage.json`. Costs are sums of those that are known.\n\n';
  yield tableHead(['Month', 'Account', 'Model', 'Calls', 'Failed', 'Tokens in', 'Tokens out', 'Cost', 'Cost unknown']);
  for (const { period, account, model, calls, failures, tokens, costUSD, unknownCosts } of periods) {
    yield tableLine([
      ...[period, account, model, calls, failures, tokens.input, tokens.output],
      ...[dollars(costUSD), unknownCosts],
    ]);
  }
}

/** The audit log, oldest first. */
export async function* auditReport(pages: AsyncIterable<readonly ReadRow[]>): AsyncGenerator<string> {
  yield `# Audit Log\n\n${tableHead(['When', 'What', 'To', 'Detail'])}`;
  for await (const page of pages) {
    const lines = page.map(({ row }) => {
      return tableLine([row.at, row.action, row.subject, row.detail === 'null' ? '' : row.detail]);
    });
    yield lines.join('');
  }
}
