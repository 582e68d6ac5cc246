import type { OutputSchemaName } from '../../../core/agents/types.ts';
import { estimateTokens } from '../../../core/context/token-estimate.ts';
import type { ProviderCall, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import { parseReviewPrompt } from '../../../core/review/prompt-format.ts';
import { nextTurn } from '../../next-turn.ts';
import { decisionAnswer } from './answers/decision-answer.ts';
import { withMessages } from './answers/messages-answer.ts';
import { designAnswer, implementationAnswer, qualityAnswer, requirementsAnswer } from './answers/pipeline-answer.ts';
import { planAnswer } from './answers/plan-answer.ts';
import { requestOf } from './answers/prompt-sections.ts';
import { editChecksAnswer, editsAnswer, refactorPlanAnswer } from './answers/refactor-answer.ts';
import { testCasesAnswer, testCheckAnswer, testCodeAnswer } from './answers/tests-answer.ts';
import { textAnswer } from './answers/text-answer.ts';
import { reviewWithRules } from './review-with-rules.ts';

const MODEL = 'rules';
/** Parts in which an answer is streamed. */
const PARTS = 4;

const CAPABILITIES: ProviderCapabilities = {
  reportsFinish: true,
  reportsUsage: true,
  systemRole: true,
  structuredOutput: true,
  tools: false,
  needsUserGesture: false,
  inProcess: true,
  isLanguageModel: false,
};

/**
 * The provider that works without an account: fixed rules that read the code in the prompt and answer in the formats that a
 * model is asked for, so that a run without a key goes through the whole pipeline. Deterministic; nothing leaves the process.
 */
export function createOfflineProvider(): ModelProvider {
  return { capabilities: CAPABILITIES, stream, listModels: async () => [MODEL] };
}

async function* stream(call: ProviderCall, signal: AbortSignal): AsyncIterable<StreamPart> {
  // Rules keep the thread busy: others get their turn before and between the parts.
  await turn(signal);
  const text = answerTo(call);
  if (text === null) {
    const message = 'The built-in rules do not understand this prompt.';
    const failure = {
      cause: 'invalid-request' as const,
      status: null,
      message,
      retryAfterMs: null,
      possiblyBilled: false,
    };
    yield { type: 'failure', failure };
    return;
  }
  const size = Math.max(1, Math.ceil(text.length / PARTS));
  for (let at = 0; at < text.length; at += size) {
    await turn(signal);
    yield { type: 'text', text: text.slice(at, at + size) };
  }
  const input = call.messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
  yield { type: 'usage', usage: { input, output: estimateTokens(text), cached: 0, reasoning: 0, estimated: true } };
  yield { type: 'finish', reason: 'stop', model: MODEL };
}

async function turn(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await nextTurn();
  signal.throwIfAborted();
}

/** The task is what the user says first; what follows an answer can only ask for the same again. Null: not understood. */
function answerTo({ messages, responseSchema }: ProviderCall): string | null {
  const prompt = requestOf(messages);
  if (!responseSchema) return withMessages(textAnswer(prompt), messages);
  const answer = structuredAnswer(responseSchema.name as OutputSchemaName, prompt);
  return answer === null ? null : JSON.stringify(answer);
}

function structuredAnswer(name: OutputSchemaName, prompt: string): object | null {
  switch (name) {
    case 'plan':
      return planAnswer(prompt);
    case 'findings': {
      const review = parseReviewPrompt(prompt);
      return review === null ? null : { findings: reviewWithRules(review) };
    }
    case 'refactor-plan':
      return refactorPlanAnswer(prompt);
    case 'edits':
      return editsAnswer(prompt);
    case 'edit-checks':
      return editChecksAnswer(prompt);
    case 'test-cases':
      return testCasesAnswer(prompt);
    case 'test-code':
      return testCodeAnswer(prompt);
    case 'test-check':
      return testCheckAnswer();
    case 'pipeline-requirements':
      return requirementsAnswer(prompt);
    case 'pipeline-design':
      return designAnswer();
    case 'pipeline-implementation':
      return implementationAnswer();
    case 'pipeline-quality':
      return qualityAnswer(prompt);
    case 'vote':
    case 'position':
    case 'verdict':
      return decisionAnswer(prompt);
    case 'resolutions':
      // Rules cannot weigh two versions: both stay to be seen.
      return { resolutions: [] };
    default:
      // A schema from elsewhere: there is no rule that could fill it.
      return null;
  }
}
