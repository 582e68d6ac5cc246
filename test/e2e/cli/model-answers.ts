import type { Reply, SeenRequest } from '../../support/scripted-server.ts';

/** Model that the test accounts use for every tier. */
export const MODEL = 'test-model';

/** Prices of {@link MODEL}, USD per million tokens. */
export const PRICE = { inputPerMTok: 1, outputPerMTok: 2 };

/** An account of OpenAI's shape at a scripted server; its key is in the variable. */
export function openAiAccount(name: string, origin: string, apiKeyEnv: string) {
  const models = { simple: MODEL, medium: MODEL, complex: MODEL };
  return { name, provider: 'openai', apiKeyEnv, baseURL: `${origin}/v1`, models };
}

/** An Anthropic account at a scripted server. */
export function anthropicAccount(name: string, origin: string, apiKeyEnv: string) {
  return { ...openAiAccount(name, origin, apiKeyEnv), provider: 'anthropic', baseURL: origin };
}

export const PRICES = { [`openai/${MODEL}`]: PRICE, [`anthropic/${MODEL}`]: PRICE };

/** What a request wants: a plan, findings, or text. The schema is in `response_format`, or described in the prompt. */
export function wanted({ rawBody }: SeenRequest): 'plan' | 'findings' | 'text' {
  if (/"name":"plan"|\\"subtasks\\"/.test(rawBody)) return 'plan';
  return /"name":"findings"|\\"confidence\\"/.test(rawBody) ? 'findings' : 'text';
}

/** A plan of sub-tasks without dependencies; each carries a mark that its request can be recognised by. */
export function planOf(count: number): string {
  const subtasks = Array.from({ length: count }, (_, index) => ({
    id: `part-${index + 1}`,
    title: `Part ${index + 1}`,
    description: `Do MARK-${index + 1}.`,
    role: 'generalist',
    complexity: 'medium',
    dependencies: [],
  }));
  return JSON.stringify({ subtasks });
}

/** The mark of the sub-task that a request is for; null for planner and aggregator. */
export function markOf({ rawBody }: SeenRequest): string | null {
  return /Do (MARK-\d+)\./.exec(rawBody)?.[1] ?? null;
}

/** One finding that quotes the code. */
export function findingIn(file: string, quote: string): string {
  const finding = {
    file,
    quote,
    line: 1,
    severity: 'high',
    category: 'correctness',
    title: 'A problem',
    explanation: 'Because.',
    suggestion: 'Change it.',
    replacement: null,
    confidence: 0.9,
  };
  return JSON.stringify({ findings: [finding] });
}

export const NO_FINDINGS = JSON.stringify({ findings: [] });

/** Answers like a model that does as it is told; a plan has `parts` sub-tasks. */
export function wellBehaved(parts = 3): (request: SeenRequest) => Extract<Reply, { type: 'answer' }> {
  return (request) => {
    switch (wanted(request)) {
      case 'plan':
        return { type: 'answer', text: planOf(parts) };
      case 'findings':
        return { type: 'answer', text: NO_FINDINGS };
      case 'text':
        return { type: 'answer', text: `Answer of ${markOf(request) ?? `the whole: ${marksIn(request)}`}` };
    }
  };
}

/** All sub-task answers that a request quotes, in order; what an aggregate is made from. */
function marksIn({ rawBody }: SeenRequest): string {
  return [...new Set(rawBody.match(/Answer of MARK-\d+/g))].toSorted().join(', ');
}
