import path from 'node:path';
import type { ExportProgress } from '../../../core/maintenance.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, count, grouped, localTime } from '../format.ts';
import { pad } from '../layout.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** Between two lines about how far an export is, ms. */
const TELL_EVERY_MS = 2_000;

/** `ensemble database export`: everything as a zip of JSON and Markdown. */
export async function exportAll(session: Session, name: string | undefined): Promise<number> {
  const { ensemble } = await session.open();
  const today = new Date(session.host.now()).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const file = path.resolve(session.host.cwd, name ?? `ensemble-export-${today}.zip`);
  const signal = session.interrupts.arm(
    () => session.aside('Stopping; nothing is left of the export.'),
    () => session.progress.stop(),
  );
  let told = session.host.now();
  const onProgress = ({ step, done, total }: ExportProgress) => {
    if (session.host.now() - told < TELL_EVERY_MS) return;
    told = session.host.now();
    const part = `${Math.floor((done / total) * 100)} %`;
    session.aside(step === 'copying' ? `${part} of the database copied` : `${part} of ${grouped(total)} rows written`);
  };
  const report = await ensemble.stores.maintenance.exportAll(file, { signal, onProgress });
  const rows = Object.values(report.rows).reduce((sum, some) => sum + some, 0);
  for (const problem of report.problems) session.notice(problem);
  session.emit({
    json: () => itemDocument(report),
    text: () => [
      `Exported ${count(rows, 'row')} into ${oneLine(report.file)} (${bytes(report.sizeBytes)}, ${count(report.files, 'file')}).`,
    ],
  });
  return EXIT.completed;
}

/** `ensemble database status`: where it is, how it is, who has it open. */
export async function status(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const found = await ensemble.stores.maintenance.status();
  session.emit({ json: () => itemDocument(found), text: () => (found ? linesOf(found) : 'Everything is in memory.') });
  return EXIT.completed;
}

type Status = NonNullable<
  Awaited<ReturnType<Awaited<ReturnType<Session['open']>>['ensemble']['stores']['maintenance']['status']>>
>;

function linesOf({ file, sizeBytes, reclaimableBytes, version, rows, ...rest }: Status): string[] {
  const { backups, lastCheck, quarantined, users } = rest;
  const fact = (name: string, value: string) => `${pad(name, 16)}${value}`;
  const [newest] = backups;
  return [
    fact('Database', oneLine(file)),
    fact('Size', `${bytes(sizeBytes)}, of which ${bytes(reclaimableBytes)} can be given back by "database compact"`),
    fact('Schema', `version ${version}`),
    fact(
      'Rows',
      Object.entries(rows)
        .map(([table, number]) => `${table} ${grouped(number)}`)
        .join(', '),
    ),
    fact(
      'Last backup',
      newest ? `${localTime(newest.at)}, ${count(backups.length, 'backup')} kept` : 'none yet; one is made each day',
    ),
    fact('Last check', lastCheck ? checkLine(lastCheck) : 'never; see "database check"'),
    ...quarantined.map((folder) => fact('Damaged file', oneLine(folder))),
    ...users.map((user) => fact('Open in', userLine(user))),
  ];
}

function checkLine({ at, problems, mended }: NonNullable<Status['lastCheck']>): string {
  return `${localTime(at)}, ${problems === 0 ? 'nothing was wrong' : `${mended} of ${count(problems, 'problem')} mended`}`;
}

function userLine({ pid, host, isThis, isAlive, holdsLock }: Status['users'][number]): string {
  const life = isThis
    ? ' (this one)'
    : isAlive === false
      ? ' (ended)'
      : isAlive === null
        ? ' (cannot be seen from here)'
        : '';
  return `process ${pid} on ${oneLine(host)}${life}${holdsLock && !isThis ? ', writing at this moment' : ''}`;
}
