import { tsImport } from 'tsx/esm/api';

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
export function answerFor({ rawBody }, extras = {}, findings = [FINDING]) {
  const reviewer = rawBody.includes('A finding whose quote is not in the file is thrown away');
  const security = reviewer && /security/i.test(JSON.parse(rawBody).messages[0].content.split('Rules:')[1] ?? '');
  const text = reviewer ? JSON.stringify({ findings: security ? findings : [] }) : 'One hole: eval of the input.';
  return { type: 'answer', text, ...extras };
}

/** An edit that a refactoring team makes of `SAMPLE`. */
const EDIT = {
  search: '  eval(input);',
  replace: '  const order: unknown = JSON.parse(input);\n  console.log(order);',
  line: 4,
  why: 'Text from outside is read as data and never run.',
};

/** What the agents of a refactoring say: planner, editor and checker by turns; anything else is answered as a review. */
export function refactoringAnswerFor(request, { edits = [EDIT] } = {}) {
  const { rawBody } = request;
  const say = (answer) => ({ type: 'answer', text: JSON.stringify(answer) });
  if (rawBody.includes('Plan a refactoring of the code below')) {
    const steps = edits.map(({ why, line }) => ({ title: 'Read instead of run', why, line }));
    return say({ summary: 'Text from outside must not be run.', steps, risks: ['Callers that pass code.'] });
  }
  if (rawBody.includes('Check the edits above')) {
    const verdicts = edits.map((_, index) => ({ edit: index + 1, verdict: 'accepted', remark: 'Safe.' }));
    return say({ verdicts, summary: 'All good.' });
  }
  return rawBody.includes('Edit the code below') ? say({ edits }) : answerFor(request);
}

/** An OpenAI-shaped server on loopback whose answers make a review with these findings, one by default. */
async function startTeamServer(findings) {
  // The server is TypeScript, and not every Node that runs us reads that by itself.
  const { startOpenAiServer } = await tsImport('../../support/scripted-openai-server.ts', import.meta.url);
  return startOpenAiServer((request) => answerFor(request, {}, findings));
}

/** Runs `work` with a server of Ollama's API on loopback, and closes it, whatever happens. */
export async function withOllamaServer(work) {
  const { startOllamaServer } = await tsImport('../../support/scripted-ollama-server.ts', import.meta.url);
  const server = await startOllamaServer((request) => answerFor(request));
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

/** Settings for accounts whose models have no known price. */
export const UNKNOWN_PRICES = { 'ensemble.budget.allowUnknownPrices': true };

/** Runs `work` with such a server and closes it, whatever happens. `findings`: what the security reviewer sees. */
export async function withTeamServer(work, findings) {
  const server = await startTeamServer(findings);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

/** Sets the accounts in the user's settings. */
export function setAccounts(h, accounts) {
  return h.evaluate(
    (vscode, value) =>
      vscode.workspace.getConfiguration('ensemble').update('accounts', value, vscode.ConfigurationTarget.Global),
    accounts,
  );
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
