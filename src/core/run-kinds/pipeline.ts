import { readTarget, type TargetCode } from '../edits/read-target.ts';
import { EnsembleError } from '../errors.ts';
import { concludePipeline } from '../pipeline/conclude-pipeline.ts';
import type { KnownFile } from '../pipeline/pipeline-files.ts';
import { planPipeline } from '../pipeline/plan-pipeline.ts';
import { redact } from '../policy/redaction.ts';
import type { PipelineRequest } from '../requests.ts';
import {
  type Artifact,
  callSettings,
  type KindContext,
  type PreparedKind,
  patchOf,
  type RunKind,
  storedAs,
} from './run-kind.ts';

/** Files that the team is shown at most; it may read others itself. */
const MAX_FILES = 20;
/** Rounds of rework at most. */
const MAX_ROUNDS = 5;

interface StoredPipeline {
  readonly title: string;
  readonly rounds: number;
  readonly files: readonly KnownFile[];
}

/** `pipeline` (S2): product manager, architect, developer, QA engineer; files are proposed, never written. */
export const PIPELINE_KIND: RunKind<PipelineRequest> = {
  prepare,
  conclude: (stored, { tasks, llm }) => {
    const { title, rounds, files } = storedAs<StoredPipeline>(stored);
    const { markdown, documents: stages, ...concluded } = concludePipeline({ title, rounds, files, tasks, llm });
    const textOf = (file: string) => files.find(({ path }) => path === file)?.text ?? null;
    const artifacts = [
      ...stages.map(({ taskId, title: heading, content }): Artifact => {
        return { name: 'stage', taskId, title: heading, kind: 'document', format: 'markdown', content };
      }),
      ...patchOf(concluded.edits, textOf),
    ];
    return { result: markdown, ...concluded, keepsDocument: true, documentKind: 'report', artifacts };
  },
};

async function prepare(typed: PipelineRequest, context: KindContext): Promise<PreparedKind> {
  const { workspace, signal, knownSecrets } = context;
  // The journal keeps it for ever, so a key that was pasted into it goes first.
  const requirement = redact(typed.requirement.trim(), knownSecrets).text;
  if (requirement === '') throw invalid('The requirement is empty.', 'Say in a sentence or more what should be built.');
  const { rounds } = typed;
  if (!Number.isInteger(rounds) || rounds < 0 || rounds > MAX_ROUNDS)
    throw invalid(`There cannot be ${rounds} rounds of rework.`, `Use a whole number from 0 to ${MAX_ROUNDS}.`);
  if (typed.paths.length > MAX_FILES)
    throw invalid(
      `${typed.paths.length} files are too many to begin with.`,
      `Name at most ${MAX_FILES}; the agents may read others.`,
    );
  const files: TargetCode[] = [];
  for (const path of new Set(typed.paths))
    files.push(await readTarget({ type: 'file', path }, workspace, signal, knownSecrets));
  const known = files.map(({ path, text, baseHash, redactedLines }) => ({ path, text, baseHash, redactedLines }));
  const title = firstLine(requirement);
  const mayReadFiles = workspace !== null;
  return {
    title,
    stored: { request: { ...typed, requirement }, title, rounds, files: known },
    tasks: planPipeline({
      ...{ requirement, rounds, mayReadFiles },
      files: known,
      communicates: context.config.engine.enableCommunication,
      call: callSettings(context, null, context.config.history.memory),
    }),
    expectedCalls: 4 + rounds,
    mayReadFiles,
    ...(files.length === 0 ? {} : { scope: files.length === 1 ? '1 file' : `${files.length} files` }),
  };
}

function invalid(message: string, hint: string): EnsembleError {
  return new EnsembleError('invalid-input', message, { hint });
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
