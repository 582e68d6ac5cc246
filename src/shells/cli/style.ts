import { styleText } from 'node:util';

/** Colours text; the identity where colours are off. */
export type Paint = (text: string) => string;

/** The few looks that the command line uses. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
  readonly magenta: Paint;
}

const NAMES = ['bold', 'dim', 'red', 'yellow', 'green', 'cyan', 'magenta'] as const;

/** Makes the paints; `enabled` false makes them leave text alone. */
export function createStyle(enabled: boolean): Style {
  const paint =
    (name: (typeof NAMES)[number]): Paint =>
    (text) =>
      enabled ? styleText(name, text, { validateStream: false }) : text;
  return Object.fromEntries(NAMES.map((name) => [name, paint(name)])) as unknown as Style;
}

/** What decides whether control codes may be written. */
export interface StyleFacts {
  readonly isTTY: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Control codes only on a terminal that takes them, and never against `--no-color` or `NO_COLOR` (no-color.org). */
export function mayStyle({ isTTY, color, env }: StyleFacts): boolean {
  return isTTY && color && !env.NO_COLOR && env.TERM !== 'dumb';
}
