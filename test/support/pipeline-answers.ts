import type { Design, Implementation, Quality, Requirements } from '../../src/core/pipeline/pipeline-answers.ts';

// What each of the four hands over, for a team that counts words.

export const REQUIREMENTS: Requirements = {
  userStories: [
    {
      id: 'US1',
      story: 'As a writer, I want words counted, so that I keep to a limit.',
      acceptance: ['"a b" has 2 words.'],
    },
  ],
  competitiveAnalysis: '`wc -w` counts words of files.',
  requirements: [{ id: 'R1', text: 'Count the words of a text.', kind: 'functional', priority: 'must' }],
  assumptions: ['Words are separated by white space.'],
};

export const DESIGN: Design = {
  architecture: 'One pure function.',
  dataStructures: [{ name: 'Count', definition: 'number', purpose: 'The number of words.' }],
  apis: [{ name: 'countWords', signature: 'countWords(text: string): number', description: 'Counts.' }],
  files: [{ path: 'src/words.js', purpose: 'The function.' }],
};

export const CODE = 'export function countWords(text) {\n  return text.split(/\\s+/).length;\n}\n';
export const MENDED = 'export function countWords(text) {\n  return text.split(/\\s+/).filter(Boolean).length;\n}\n';
export const TESTS = "import { countWords } from './words.js';\n";

export function implementation(content = CODE, path = 'src/words.js'): Implementation {
  return { files: [{ path, content, summary: 'Counts words.' }], documentation: 'Call `countWords`.' };
}

export function quality(verdict: Quality['verdict'] = 'pass'): Quality {
  const issue = { severity: 'high' as const, text: 'An empty text has 1 word.', requirement: 'R1' };
  return {
    verdict,
    issues: verdict === 'rework' ? [issue] : [],
    tests: [{ path: 'src/words.test.js', content: TESTS, summary: 'Checks the count.' }],
    qualityReport: 'R1 was read through.',
  };
}

/** What a request of the pipeline is for, by the words of the job in it. */
export type Stage = 'requirements' | 'design' | 'implementation' | 'quality';

const JOBS: readonly (readonly [string, Stage])[] = [
  ['Say what is wanted: user stories', 'requirements'],
  ['Design what the product manager has asked for', 'design'],
  ['Write the files of the design', 'implementation'],
  ['The QA engineer has sent your work back', 'implementation'],
  ['Check the implementation against the requirements and their', 'quality'],
];

/** Throws where the text is no request of the pipeline. */
export function stageIn(text: string): Stage {
  const stage = JOBS.find(([words]) => text.includes(words))?.[1];
  if (stage === undefined) throw new Error(`Not a prompt of the pipeline: ${text.slice(0, 200)}`);
  return stage;
}

/** Answers of the four by stage: the nth time with the nth answer, then with the last. A text stands for itself. */
export type TeamScript = Partial<Readonly<Record<Stage, readonly unknown[]>>>;

/** Makes what answers a request by its text. */
export function teamAnswers(change: TeamScript = {}): (text: string) => string {
  const script = {
    requirements: [REQUIREMENTS],
    design: [DESIGN],
    implementation: [implementation()],
    quality: [quality()],
    ...change,
  };
  const asked = new Map<Stage, number>();
  return (text) => {
    const stage = stageIn(text);
    const count = asked.get(stage) ?? 0;
    asked.set(stage, count + 1);
    const given = script[stage][Math.min(count, script[stage].length - 1)];
    return typeof given === 'string' ? given : JSON.stringify(given);
  };
}
