import type { Design, Implementation, Quality, Requirements } from '../../../../core/pipeline/pipeline-answers.ts';
import { earlierResults, sectionsOf, sectionText } from './prompt-sections.ts';

/** Requirements that are made of one text; more would only be its sentences. */
const MAX_REQUIREMENTS = 30;

const NO_MODEL = 'No language model took part';

/**
 * The product manager by rule: each statement of the requirement in its own words, nothing added. Null: not one of our
 * prompts.
 */
export function requirementsAnswer(prompt: string): Requirements | null {
  const text = requirementOf(prompt);
  if (text === null) return null;
  const statements = statementsOf(text);
  return {
    userStories: [
      {
        id: 'US1',
        story: statements[0] ?? text,
        acceptance: statements.map((statement) => `It can be shown that this holds: ${statement}`),
      },
    ],
    competitiveAnalysis: `${NO_MODEL}, so other solutions were not looked at.`,
    requirements: statements.map((statement, index) => ({
      id: `R${index + 1}`,
      text: statement,
      kind: 'functional',
      priority: /\b(?:should|could|may|optional)/i.test(statement) ? 'should' : 'must',
    })),
    assumptions: [],
  };
}

/** The architect by rule designs nothing, and says so. */
export function designAnswer(): Design {
  return { architecture: `${NO_MODEL}, so nothing was designed.`, dataStructures: [], apis: [], files: [] };
}

/** The developer by rule writes nothing, and says so. */
export function implementationAnswer(): Implementation {
  return { files: [], documentation: `${NO_MODEL}, so no code was written.` };
}

/** The QA engineer by rule: a list of what is to be checked; it has checked nothing. Null: not one of our prompts. */
export function qualityAnswer(prompt: string): Quality | null {
  if (requirementOf(prompt) === null) return null;
  const checks = acceptanceIn(prompt).map((criterion) => `- [ ] ${criterion}`);
  const list = checks.length === 0 ? [] : ['To be checked by hand:', checks.join('\n')];
  const qualityReport = [`${NO_MODEL}, so nothing was checked.`, ...list].join('\n\n');
  return { verdict: 'unchecked', issues: [], tests: [], qualityReport };
}

function requirementOf(prompt: string): string | null {
  const section = sectionText(sectionsOf(prompt), 'Requirement');
  const text = /^<data-([0-9a-f]{8})>\n([\s\S]*)\n<\/data-\1>$/.exec(section)?.[2]?.trim() ?? '';
  return text === '' ? null : text;
}

/** Lines of a list, else sentences. */
function statementsOf(text: string): string[] {
  const items = [...text.matchAll(/^\s*(?:[-*+]|\d+[.)])\s+(.+)$/gm)].map(([, item = '']) => item.trim());
  const sentences = text
    .split(/(?<=[.!?])\s+|\n{2,}/)
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '');
  return (items.length > 1 ? items : sentences).slice(0, MAX_REQUIREMENTS);
}

/** The acceptance criteria among the results that the prompt quotes. */
function acceptanceIn(prompt: string): string[] {
  return sectionsOf(prompt)
    .flatMap(({ text }) => earlierResults(text))
    .flatMap(({ text }) => {
      try {
        const { userStories } = JSON.parse(text ?? '') as Partial<Requirements>;
        return (userStories ?? []).flatMap(({ acceptance }) => acceptance);
      } catch {
        return [];
      }
    });
}
