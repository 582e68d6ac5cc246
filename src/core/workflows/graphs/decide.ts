import { EnsembleError } from '../../errors.ts';
import { MAX_ROUNDS } from '../../together/consensus.ts';
import { assignmentOf, type GraphWorkflow, type WorkflowDecision } from '../workflow-graph.ts';

const WAYS: readonly WorkflowDecision['how'][] = ['majority', 'judge', 'negotiation'];
const ROUNDS = Array.from({ length: MAX_ROUNDS }, (_, index) => String(index + 1));

/** One question, answered by agents who do not see one another, or negotiated by two of them. */
export const DECIDE: GraphWorkflow = {
  id: 'decide',
  name: 'Decision',
  description:
    'Three agents answer a question apart from one another and the majority or a judge decides, or two of them negotiate; what stays open is named.',
  category: 'quality',
  tags: ['decision', 'consensus', 'negotiation'],
  estimatedDurationSeconds: 60,
  complexity: 'moderate',
  params: [
    {
      name: 'question',
      aliases: [],
      type: 'string',
      default: null,
      required: true,
      description: 'What is to be decided. It has to be given.',
    },
    {
      name: 'options',
      aliases: ['choices'],
      type: 'strings',
      default: [],
      description: 'The only choices; by default any.',
    },
    {
      name: 'how',
      aliases: ['mode'],
      type: 'string',
      default: 'majority',
      values: WAYS,
      description:
        'majority: more than half of three, else a judge; judge: always the judge; negotiation: two agents, round by round.',
    },
    {
      name: 'rounds',
      aliases: [],
      type: 'string',
      default: '2',
      values: ROUNDS,
      description: 'How many rounds a negotiation has at most.',
    },
    {
      name: 'paths',
      aliases: ['path', 'files'],
      type: 'strings',
      default: [],
      description: 'Files and folders that the agents read, relative to the workspace; by default none.',
    },
  ],
  build: (values) => {
    const question = values.get('question');
    if (typeof question !== 'string' || question.trim() === '') {
      throw new EnsembleError('invalid-input', 'The parameter "question" is missing.', {
        hint: 'Say what is to be decided.',
      });
    }
    const paths = values.get('paths') as readonly string[];
    const options = values.get('options') as readonly string[];
    return {
      assignment: assignmentOf('Answer the question below from your own point of view.', { Code: values.get('paths') }),
      code: paths.length === 0 ? null : { type: 'paths', paths },
      steps: [],
      decision: {
        id: 'decision',
        question,
        options: options.length === 0 ? null : options,
        how: values.get('how') as WorkflowDecision['how'],
        agents: ['maintainer', 'skeptic', 'security-auditor'],
        judge: 'judge',
        rounds: Number(values.get('rounds')),
      },
      report: 'decision',
    };
  },
};
