import type { Command } from 'commander';
import type { AuditQuery } from '../../../core/audit/audit-log.ts';
import type { Json } from '../../../core/json.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { localTime } from '../format.ts';
import { table } from '../layout.ts';
import { positive, refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { sinceOf } from '../usage-report.ts';

interface AuditFlags {
  readonly last: number;
  readonly action?: string;
  readonly search?: string;
  readonly since?: string;
}

/** `ensemble audit`: what agents and the person did. */
export function registerAudit(program: Command, perform: Perform): void {
  program
    .command('audit')
    .description('list calls of agents and tools, approvals, changes of keys and settings')
    .argument('[unknown...]')
    .option('--last <n>', 'at most this many, newest first', positive, 50)
    .option('--action <name>', 'only these, such as tool-called')
    .option('--search <text>', 'only those whose subject or detail holds this text')
    .option('--since <date>', 'from this day on (UTC)')
    .action((rest: string[], flags: AuditFlags, command: Command) => {
      refuseUnknown('audit', rest, []);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
}

/** `{"status":"completed","tasks":3}` as `status completed, tasks 3`. */
function detailText(detail: Json): string {
  if (detail === null || typeof detail !== 'object') return detail === null ? '' : String(detail);
  if (Array.isArray(detail)) return detail.map(detailText).join(' ');
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${detailText(value)}`)
    .join(', ');
}

async function list(session: Session, { last, action, search, since }: AuditFlags): Promise<number> {
  const query: AuditQuery = {
    limit: last,
    ...(action === undefined ? {} : { action }),
    ...(search === undefined ? {} : { search }),
    ...(since === undefined ? {} : { since: sinceOf(since, session.host.now()) }),
  };
  const { ensemble } = await session.open();
  const { items, total } = await ensemble.stores.audit.list(query);
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      items.length === 0
        ? 'Nothing like that is on record.'
        : table(
            items,
            [
              { title: 'When', text: ({ at }) => localTime(at) },
              { title: 'What', text: (entry) => oneLine(entry.action), paint: session.style.bold },
              { title: 'To', text: ({ subject }) => oneLine(subject) },
              {
                title: 'Detail',
                text: ({ detail }) => oneLine(detailText(detail)),
                flexible: true,
              },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}
