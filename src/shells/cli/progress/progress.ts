import type { EnsembleEvent } from '../../../core/events.ts';
import type { CliHost, Screen } from '../host.ts';
import { oneLine } from '../sanitize.ts';
import { createStyle } from '../style.ts';
import { NO_PROGRESS, type ProgressState, progressAfter } from './progress-state.ts';
import { progressLine, renderProgress } from './render-progress.ts';

/** What stands on standard error while something goes on. */
export interface Progress {
  onEvent(event: EnsembleEvent): void;
  /** A line for the person that stays, above whatever is redrawn. */
  say(line: string): void;
  /** Takes the display away while `work` talks to the person. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** Takes the display away for good and gives the terminal back as it was. Idempotent. */
  stop(): void;
}

/** The display fit for the screen: none when quiet, redrawn on a terminal, else one line per change. */
export function createProgress(host: Pick<CliHost, 'stderr' | 'now'>, mode: 'quiet' | 'live' | 'lines'): Progress {
  if (mode === 'quiet') return { onEvent: () => {}, say: () => {}, aside: (work) => work(), stop: () => {} };
  return mode === 'live' ? new LiveProgress(host.stderr, host.now) : new LineProgress(host.stderr);
}

/** One line per change, no control codes: logs, pipes, `--no-color`. */
class LineProgress implements Progress {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  onEvent(event: EnsembleEvent): void {
    const line = event.type === 'notice' ? `notice: ${event.message}` : progressLine(event);
    if (line !== null) this.say(oneLine(line));
  }

  say(line: string): void {
    this.#screen.write(`${line}\n`);
  }

  aside<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  stop(): void {}
}

/** At most ten frames per second. */
const FRAME_MS = 100;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
// While lines are redrawn a line that is too wide must be cut by the terminal, not wrapped: wrapped ones cannot be counted.
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
/** Gives a terminal back on which the live display was drawn. */
export const GIVE_BACK = WRAP + SHOW_CURSOR;
const CLEAR_LINE = '\u001b[2K';
const CLEAR_TO_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A block of lines at the bottom that is drawn again whenever something may have changed. */
class LiveProgress implements Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  #state: ProgressState = NO_PROGRESS;
  #timer: NodeJS.Timeout | null = null;
  #drawn = 0;
  #aside = 0;
  #stopped = false;

  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
  }

  onEvent(event: EnsembleEvent): void {
    this.#state = progressAfter(this.#state, event);
    if (event.type === 'notice') this.say(createStyle(true).yellow(oneLine(event.message)));
    this.#start();
  }

  say(line: string): void {
    this.#screen.write(`${this.#erasure()}${line}\n`);
    if (this.#timer) this.#draw();
  }

  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#aside++;
    this.#hide();
    try {
      return await work();
    } finally {
      this.#aside--;
      if (this.#state !== NO_PROGRESS) this.#start();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#hide();
  }

  #start(): void {
    if (this.#timer || this.#stopped || this.#aside > 0) return;
    this.#screen.write(HIDE_CURSOR + NO_WRAP);
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#timer.unref();
  }

  #hide(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#screen.write(this.#erasure() + GIVE_BACK);
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#screen;
    const lines = renderProgress(this.#state, { columns, rows, now: this.#now(), style: createStyle(true) });
    // Drawn over the old block, line by line: clearing it first would flicker, and some terminals keep what is cleared.
    this.#screen.write(`${this.#toTop()}${lines.map((line) => `${line}${CLEAR_TO_END}\n`).join('')}${CLEAR_BELOW}`);
    this.#drawn = lines.length;
  }

  /** Empties the block's lines and leaves the cursor on the first of them. */
  #erasure(): string {
    const erasure = `${this.#toTop()}${`${CLEAR_LINE}\n`.repeat(this.#drawn)}${this.#toTop()}`;
    this.#drawn = 0;
    return erasure;
  }

  /** From the line below the block, where the cursor always is, to its first line. */
  #toTop(): string {
    return this.#drawn > 0 ? `\r\u001b[${this.#drawn}A` : '\r';
  }
}
