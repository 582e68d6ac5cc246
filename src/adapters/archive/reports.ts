import type { UsagePeriod } from '../../core/ports.ts';
import type { Row } from './archive-source.ts';
import { dollars, tableHead, tableLine } from './markdown.ts';

/** The ledger, summed per month, account and model. */
export function* usageReport(periods: readonly UsagePeriod[]): Generator<string> {
  yield '# Usage\n\nEvery call is in `json/usage.jsonl`. Costs are sums of those that are known.\n\n';
  yield tableHead(['Month', 'Account', 'Model', 'Calls', 'Failed', 'Tokens in', 'Tokens out', 'Cost', 'Cost unknown']);
  for (const { period, account, model, calls, failures, tokens, costUSD, unknownCosts } of periods) {
    yield tableLine([
      ...[period, account, model, calls, failures, tokens.input, tokens.output],
      ...[dollars(costUSD), unknownCosts],
    ]);
  }
}

/** Text at the beginning of the audit log of a month. */
export function auditHead(month: string): string {
  return `# Audit Log of ${month}\n\n${tableHead(['When', 'What', 'To', 'Detail'])}`;
}

export function auditLine({ at, action, subject, detail }: Row): string {
  return tableLine([at, action, subject, detail === 'null' ? '' : detail]);
}
