import type { FileEdit, TaskResult } from '../results.ts';
import { asProse, codeSpan, fenced } from '../review/markdown.ts';
import type {
  Design,
  Implementation,
  PipelineFile,
  PipelineResult,
  Quality,
  Requirements,
} from './pipeline-answers.ts';
import { type KnownFile, proposedFiles } from './pipeline-files.ts';
import { DESIGN, IMPLEMENTATION, QUALITY, REQUIREMENTS, stageOf } from './plan-pipeline.ts';

/** What a pipeline has come to. */
export interface ConcludedPipeline {
  readonly markdown: string;
  readonly pipeline: PipelineResult;
  readonly edits: readonly FileEdit[];
  /** What each stage has handed over, by the task that did. */
  readonly documents: readonly { readonly taskId: string; readonly title: string; readonly content: string }[];
  /** True: the QA engineer is not content, or has not looked. */
  readonly partial: boolean;
}

/** What is told of a pipeline. */
interface Ended {
  readonly title: string;
  readonly files: readonly KnownFile[];
  readonly rounds: number;
  readonly tasks: readonly TaskResult[];
  readonly llm: boolean;
}

/** The stages that have completed, those of the last round first. */
interface Stages {
  readonly requirements: Requirements | null;
  readonly design: Design | null;
  readonly implementation: Implementation | null;
  readonly quality: Quality | null;
  /** Rounds of rework that were made. */
  readonly reworked: number;
}

/** Makes the ten fields, the proposed files, a document of each stage, and the report. */
export function concludePipeline(ended: Ended): ConcludedPipeline {
  const stages = stagesOf(ended);
  const { requirements, design, implementation, quality } = stages;
  const files = [...(implementation?.files ?? []), ...(quality?.tests ?? [])];
  // Where both have written a file the later one holds.
  const last = files.filter(({ path }, index) => files.findLastIndex((file) => file.path === path) === index);
  return {
    markdown: report(ended, stages),
    pipeline: {
      userStories: requirements?.userStories ?? null,
      competitiveAnalysis: requirements?.competitiveAnalysis ?? null,
      requirements: requirements?.requirements ?? null,
      architecture: design?.architecture ?? null,
      dataStructures: design?.dataStructures ?? null,
      apis: design?.apis ?? null,
      implementation: implementation?.files ?? null,
      documentation: implementation?.documentation ?? null,
      tests: quality?.tests ?? null,
      qualityReport: quality?.qualityReport ?? null,
    },
    edits: proposedFiles(last, ended.files),
    documents: documentsOf(ended),
    partial: quality?.verdict === 'rework',
  };
}

function stagesOf({ tasks, rounds }: Ended): Stages {
  const outputOf = <T>(id: string): T | null => {
    const task = tasks.find((one) => one.id === id);
    return task?.status === 'completed' ? (task.output as unknown as T) : null;
  };
  const lastOf = <T>(stage: typeof IMPLEMENTATION | typeof QUALITY): { round: number; output: T | null } => {
    for (let round = rounds; round >= 0; round--) {
      const output = outputOf<T>(stageOf(stage, round));
      if (output !== null) return { round, output };
    }
    return { round: 0, output: null };
  };
  const made = lastOf<Implementation>(IMPLEMENTATION);
  const checked = lastOf<Quality>(QUALITY);
  return {
    requirements: outputOf<Requirements>(REQUIREMENTS),
    design: outputOf<Design>(DESIGN),
    implementation: made.output,
    // A check of an earlier round says nothing about what was mended since.
    quality: checked.round === made.round ? checked.output : null,
    reworked: made.round,
  };
}

function report({ title, tasks, llm }: Ended, stages: Stages): string {
  const { requirements, design, implementation, quality } = stages;
  const undone = tasks.filter(({ status }) => status === 'failed' || status === 'cancelled');
  return [
    `# ${asProse(title)}`,
    headline(stages),
    ...(llm
      ? []
      : [
          'No language model was used. The built-in rules put the requirement into the form that the team works with, and no more: nothing was designed, written or checked. Add an account to go on.',
        ]),
    ...(undone.length === 0 ? [] : [`## Not done\n\n${undone.map(undoneLine).join('\n')}`]),
    ...(requirements ? requirementsPart(requirements) : []),
    ...(design ? designPart(design) : []),
    ...(implementation ? implementationPart(implementation) : []),
    ...(quality ? qualityPart(quality) : []),
  ].join('\n\n');
}

function headline({ implementation, quality, reworked }: Stages): string {
  if (!implementation) return '**Nothing was written.**';
  const files = implementation.files.length;
  const what = files === 0 ? 'No file is proposed' : `Proposed: ${files === 1 ? '1 file' : `${files} files`}`;
  const again =
    reworked === 0 ? '' : reworked === 1 ? ', after one round of rework' : `, after ${reworked} rounds of rework`;
  const verdicts = {
    pass: 'QA is content.',
    rework: 'QA is not content: see below.',
    unchecked: 'Nobody has checked it.',
  };
  return `**${what}${again}. ${quality ? verdicts[quality.verdict] : 'Nobody has checked it.'}** The agents ran nothing.`;
}

function undoneLine({ description, error, status }: TaskResult): string {
  return `- ${asProse(description)}: ${asProse(error?.message ?? `It was ${status}.`)}`;
}

function requirementsPart({ userStories, requirements, competitiveAnalysis, assumptions }: Requirements): string[] {
  const stories = userStories.map(({ id, story, acceptance }) => {
    return [`- **${asProse(id)}** ${asProse(story)}`, ...acceptance.map((one) => `  - ${asProse(one)}`)].join('\n');
  });
  return [
    `## User stories\n\n${stories.join('\n')}`,
    `## Requirements\n\n${requirements.map(({ id, text, kind, priority }) => `- **${asProse(id)}** (${priority}, ${kind}) ${asProse(text)}`).join('\n')}`,
    ...(assumptions.length === 0
      ? []
      : [`## Assumptions\n\n${assumptions.map((one) => `- ${asProse(one)}`).join('\n')}`]),
    ...section('Competitive analysis', asProse(competitiveAnalysis)),
  ];
}

function designPart({ architecture, dataStructures, apis }: Design): string[] {
  const named = (items: readonly (readonly [string, string, string])[]) =>
    items
      .map(([name, text, why]) =>
        `- ${codeSpan(name)}: ${codeSpan(text.replace(/\s+/g, ' '))} ${asProse(why)}`.trimEnd(),
      )
      .join('\n');
  return [
    ...section('Architecture', asProse(architecture)),
    ...section(
      'Data structures',
      named(dataStructures.map(({ name, definition, purpose }) => [name, definition, purpose] as const)),
    ),
    ...section(
      'Interfaces',
      named(apis.map(({ name, signature, description }) => [name, signature, description] as const)),
    ),
  ];
}

function implementationPart({ files, documentation }: Implementation): string[] {
  return [...filesPart('Files', files), ...section('Documentation', asProse(documentation))];
}

function qualityPart({ issues, tests, qualityReport }: Quality): string[] {
  const lines = issues.map(({ severity, text, requirement }) => {
    return `- **${severity}**${requirement === null ? '' : ` (${asProse(requirement)})`} ${asProse(text)}`;
  });
  return [
    ...section('Open issues', lines.join('\n')),
    ...filesPart('Tests', tests),
    ...section('Quality report', asProse(qualityReport)),
  ];
}

function filesPart(title: string, files: readonly PipelineFile[]): string[] {
  const parts = files.map(({ path, content, summary }) => {
    const language = /\.([A-Za-z0-9]+)$/.exec(path)?.[1] ?? '';
    return `### ${codeSpan(path)}\n\n${asProse(summary)}\n\n${fenced(content.trimEnd(), language)}`;
  });
  return section(title, parts.join('\n\n'));
}

function section(title: string, text: string): string[] {
  return text.trim() === '' ? [] : [`## ${title}\n\n${text.trim()}`];
}

/** A document of each stage that has handed over something, so that it can be found and read by itself. */
function documentsOf({ title, tasks }: Ended): ConcludedPipeline['documents'] {
  return tasks.flatMap((task) => {
    if (task.status !== 'completed') return [];
    const parts = partsOf(task);
    const heading = `${task.description}: ${title}`;
    return [{ taskId: task.id, title: heading, content: [`# ${asProse(heading)}`, ...parts].join('\n\n') }];
  });
}

function partsOf({ id, output }: TaskResult): string[] {
  if (id === REQUIREMENTS) return requirementsPart(output as unknown as Requirements);
  if (id === DESIGN) return designPart(output as unknown as Design);
  if (id.startsWith(IMPLEMENTATION)) return implementationPart(output as unknown as Implementation);
  return qualityPart(output as unknown as Quality);
}
