import * as vscode from 'vscode';

const STATE_KEY = 'ensemble.testOutcomes';
const KEPT = 100;

/** How generated tests ended when they were last run. */
export interface TestOutcome {
  readonly runId: string;
  readonly commandLine: string;
  /** Null: stopped, or not started. */
  readonly exitCode: number | null;
}

interface Stored extends TestOutcome {
  /** ISO-8601 UTC. */
  readonly at: string;
}

/** Remembers how generated tests ended, for their result documents. What they printed is not kept. */
export class TestOutcomes {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  async record(outcome: TestOutcome): Promise<void> {
    const others = this.#stored().filter(({ runId }) => runId !== outcome.runId);
    await this.#memento.update(STATE_KEY, [{ ...outcome, at: new Date().toISOString() }, ...others].slice(0, KEPT));
  }

  /** What the result document says about it, markdown; null: the tests were not run. */
  noteOf(runId: string): string | null {
    const outcome = this.#stored().find((each) => each.runId === runId);
    if (!outcome) return null;
    const when = new Date(outcome.at).toLocaleString(vscode.env.language);
    return `> **${verdictOf(outcome.exitCode)}**, run on ${when} with \`${outcome.commandLine}\`.`;
  }

  #stored(): readonly Stored[] {
    return this.#memento.get<readonly Stored[]>(STATE_KEY, []);
  }
}

function verdictOf(exitCode: number | null): string {
  if (exitCode === 0) return 'The tests pass';
  return exitCode === null
    ? 'The tests were stopped or could not be started'
    : `The tests fail (exit code ${exitCode})`;
}
