import type { Plan, PlannedSubTask } from '../../../../core/planning/plan-schema.ts';
import { sectionsOf, sectionText } from './prompt-sections.ts';

type Complexity = PlannedSubTask['complexity'];

/** A step that most tasks of a kind need. */
interface Step {
  readonly id: string;
  readonly title: string;
  readonly role: string;
  readonly work: string;
  readonly complexity: Complexity | 'as the task';
  /** Ids of earlier steps. */
  readonly after: readonly string[];
}

const BUILD: readonly Step[] = [
  {
    id: 'design',
    title: 'Design the solution',
    role: 'architect',
    work: 'Decide on structure, interfaces and data for',
    complexity: 'as the task',
    after: [],
  },
  {
    id: 'implement',
    title: 'Implement it',
    role: 'coder',
    work: 'Write the code for',
    complexity: 'as the task',
    after: ['design'],
  },
  { id: 'test', title: 'Test it', role: 'tester', work: 'Write tests for', complexity: 'medium', after: ['implement'] },
  {
    id: 'document',
    title: 'Document it',
    role: 'writer',
    work: 'Write the documentation for',
    complexity: 'simple',
    after: ['design'],
  },
];

const REPAIR: readonly Step[] = [
  {
    id: 'reproduce',
    title: 'Narrow the fault down',
    role: 'researcher',
    work: 'Find out when and where it happens, for',
    complexity: 'medium',
    after: [],
  },
  {
    id: 'fix',
    title: 'Fix the cause',
    role: 'coder',
    work: 'Write the smallest change that solves',
    complexity: 'as the task',
    after: ['reproduce'],
  },
  {
    id: 'test',
    title: 'Guard it with a test',
    role: 'tester',
    work: 'Write a test that fails without the change, for',
    complexity: 'medium',
    after: ['reproduce'],
  },
];

const EXAMINE: readonly Step[] = [
  {
    id: 'collect',
    title: 'Collect the facts',
    role: 'researcher',
    work: 'Collect what is known for',
    complexity: 'simple',
    after: [],
  },
  {
    id: 'assess',
    title: 'Assess them',
    role: 'reviewer',
    work: 'Judge by what matters, for',
    complexity: 'as the task',
    after: ['collect'],
  },
  {
    id: 'recommend',
    title: 'Recommend what to do',
    role: 'writer',
    work: 'Write the recommendation for',
    complexity: 'medium',
    after: ['assess'],
  },
];

const WRITE: readonly Step[] = [
  {
    id: 'outline',
    title: 'Outline it',
    role: 'writer',
    work: 'Decide on readers, points and order for',
    complexity: 'simple',
    after: [],
  },
  {
    id: 'draft',
    title: 'Write it',
    role: 'writer',
    work: 'Write the text for',
    complexity: 'as the task',
    after: ['outline'],
  },
  {
    id: 'check',
    title: 'Check it',
    role: 'reviewer',
    work: 'Find mistakes and gaps in',
    complexity: 'medium',
    after: ['draft'],
  },
];

const KINDS: readonly (readonly [RegExp, readonly Step[]])[] = [
  [/\b(?:fix|bug|broken|crash|fails?|error|debug)\b/i, REPAIR],
  [/\b(?:review|analy[sz]e|compare|evaluate|assess|audit|explain|investigate|research|find out|why)\b/i, EXAMINE],
  [
    /\b(?:write|draft)\b.*\b(?:text|article|post|letter|documentation|readme|guide|report|essay|story|poem)\b|\bdocument\b/i,
    WRITE,
  ],
];

/** Who does a part, by a word in it. */
const ROLES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:test|verify)/i, 'tester'],
  [/\b(?:document|readme|write up|explain|describe)/i, 'writer'],
  [/\b(?:review|audit|check)/i, 'reviewer'],
  [/\b(?:research|compare|find out|investigate|analy[sz]e)/i, 'researcher'],
  [/\b(?:design|architect|plan|model|schema)/i, 'architect'],
  [/\b(?:add|build|code|create|implement|write|refactor|fix|migrate|convert|endpoint|function|api)/i, 'coder'],
];

/**
 * A plan made of the task's own parts where it lists at least three (a list, numbers, "first ... then ..."), else of the steps
 * that tasks of its kind need. Complexity follows from how much is asked.
 */
export function planAnswer(prompt: string): Plan {
  const sections = sectionsOf(prompt);
  const task = sectionText(sections, 'Task') || prompt;
  const wanted = sectionText(sections, 'What to answer');
  const most = Number(/(?:never more than|at most) (\d+)/.exec(wanted)?.[1] ?? 5);
  const parts = partsOf(task);
  const maySplit = /"split"/.test(wanted);
  const subtasks = parts.length >= 3 ? fromParts(parts, most, maySplit) : fromSteps(stepsFor(task), task, most);
  return { subtasks };
}

function stepsFor(task: string): readonly Step[] {
  return KINDS.find(([words]) => words.test(task))?.[1] ?? BUILD;
}

/** The parts that a task lists itself. */
function partsOf(task: string): string[] {
  const items = [...task.matchAll(/^\s*(?:[-*]|\d+[.)])\s+(.+)$/gm)].map((match) => (match[1] ?? '').trim());
  if (items.length >= 3) return items;
  const clauses = task
    .split(/;\s*|,\s*then\s+|\.\s+(?=Then\b)|\bthen\b/i)
    .map((one) => one.replace(/^(?:first|then|and|finally)[,\s]+/i, '').trim());
  return clauses.filter((one) => one.split(/\s+/).length >= 2);
}

/** Parts that come one after another in words depend on the one before; items of a list do not. */
function fromParts(parts: readonly string[], most: number, maySplit: boolean): PlannedSubTask[] {
  const kept = parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join('; ')];
  return kept.map((part, index) => {
    const checks = /\b(?:test|review|document|verify|check)/i.test(part);
    return {
      id: `part-${index + 1}`,
      title: titleOf(part),
      description: part,
      role: ROLES.find(([words]) => words.test(part))?.[1] ?? 'generalist',
      complexity: complexityOf(part),
      dependencies: checks && index > 0 ? kept.slice(0, index).map((_, earlier) => `part-${earlier + 1}`) : [],
      // A part that lists parts itself is a task of its own.
      split: maySplit && partsOf(part).length >= 3,
    };
  });
}

function fromSteps(steps: readonly Step[], task: string, most: number): PlannedSubTask[] {
  const kept = most === 1 ? steps.slice(1, 2) : steps.slice(0, most);
  const ids = new Set(kept.map(({ id }) => id));
  return kept.map(({ id, title, role, work, complexity, after }) => ({
    id,
    title,
    description: `${work}: ${task}`,
    role,
    complexity: complexity === 'as the task' ? complexityOf(task) : complexity,
    dependencies: after.filter((one) => ids.has(one)),
    split: false,
  }));
}

function titleOf(part: string): string {
  const line = part.split('\n', 1)[0] ?? part;
  const title = line.charAt(0).toUpperCase() + line.slice(1).replace(/[.;:]$/, '');
  return title.length > 80 ? `${title.slice(0, 79)}…` : title;
}

function complexityOf(text: string): Complexity {
  if (/\b(?:architecture|distributed|concurren|security|migrat|scal|optimi[sz]|algorithm)/i.test(text))
    return 'complex';
  const words = text.split(/\s+/).length;
  if (words > 80) return 'complex';
  return words > 12 ? 'medium' : 'simple';
}
