import { startOpenAiServer } from '../../support/scripted-openai-server.ts';

/** What a reviewer answers: the security reviewer sees `eval(input);`, the others nothing. */
const FINDING = {
  file: 'run.ts',
  quote: '  eval(input);',
  line: 4,
  severity: 'critical',
  category: 'security',
  title: 'Text from outside is run as code',
  explanation: 'Whoever calls run() decides what happens.',
  suggestion: 'Parse the input instead.',
  replacement: null,
  confidence: 0.9,
};

/** A reply in the shape that the agent behind the request is asked for. */
export function answerFor({ rawBody }, extras = {}) {
  const reviewer = rawBody.includes('A finding whose quote is not in the file is thrown away');
  const security = reviewer && /security/i.test(JSON.parse(rawBody).messages[0].content.split('Rules:')[1] ?? '');
  const text = reviewer ? JSON.stringify({ findings: security ? [FINDING] : [] }) : 'One hole: eval of the input.';
  return { type: 'answer', text, ...extras };
}

/** An OpenAI-shaped server on loopback whose answers make a review with one finding. */
export function startTeamServer(script = (request) => answerFor(request)) {
  return startOpenAiServer(script);
}

/** The settings of accounts on that server; the price of its models is nobody's business. */
export function teamSettings(accounts = []) {
  return { 'ensemble.budget.allowUnknownPrices': true, 'ensemble.accounts': accounts };
}

/** An account on the server, as the settings have it. */
export function teamAccount(name, server) {
  const model = 'model-a';
  return {
    name,
    provider: 'openai-compatible',
    baseURL: `${server.origin}/v1`,
    models: { simple: model, medium: model, complex: model },
  };
}
