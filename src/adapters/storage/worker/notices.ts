import type { Recovery } from './recovery.ts';

// What the person is told about the database: the first line is a sentence for a message, the others are for the log.

/** A damaged database was replaced; `saved`: newer rows that could still be read from it. */
export function replacedNotice(file: string, reason: string, recovery: Recovery, saved: number): string {
  const { restoredFrom, quarantined } = recovery;
  const source = restoredFrom === null ? 'There was no good backup' : 'Its newest good backup was put in its place';
  const rest =
    saved === 0 && restoredFrom !== null
      ? 'nothing newer could be read from the damaged file'
      : `${saved} newer rows were saved from the damaged file`;
  return [
    `The database was damaged. ${source}; ${rest}, which is kept.`,
    `${file}: ${reason}.`,
    ...(restoredFrom === null ? [] : [`The backup ${restoredFrom} is in its place.`]),
    `The damaged file is kept as ${quarantined}.`,
  ].join('\n');
}

/** Only the search index was damaged. */
export function searchNotice(file: string): string {
  return `The search index of the database was damaged and has been built again. Nothing else was affected.\n${file}`;
}

/** The daily backup could not be made. */
export function backupNotice(file: string, problem: string): string {
  return `Today's backup of the database could not be made.\n${file}: ${problem}`;
}
