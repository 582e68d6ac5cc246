import type { CopyInPieces } from '../sqlite/sqlite.ts';

/** Pages that are copied while others wait for the lock: 4 MB. */
const PAGES = 512;
/** Time in which others can take the lock, ms. */
const PAUSE_MS = 2;

const waiting = new Int32Array(new SharedArrayBuffer(4));

/** How a thread copies a database that others use; `onPiece` hears how far it is, and ends the copy by what it throws. */
export function inPieces(onPiece: CopyInPieces['pause'] = () => {}): CopyInPieces {
  return {
    pages: PAGES,
    pause: (progress) => {
      onPiece(progress);
      Atomics.wait(waiting, 0, 0, PAUSE_MS);
    },
  };
}
