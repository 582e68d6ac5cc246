import { applyChanges } from '../edits/line-changes.ts';
import { readTarget, withoutText } from '../edits/read-target.ts';
import { EnsembleError } from '../errors.ts';
import type { TestGenerationRequest } from '../requests.ts';
import { concludeTests } from '../test-generation/conclude-tests.ts';
import { planTests } from '../test-generation/plan-tests.ts';
import { findTestFacts } from '../test-generation/test-facts.ts';
import {
  type Artifact,
  callSettings,
  type KindContext,
  type PreparedKind,
  type RunKind,
  storedAs,
} from './run-kind.ts';

interface StoredTests {
  readonly file: string;
}

/** `test-gen`: one agent names the cases, one writes the file, one checks it; the file is proposed, never written. */
export const TEST_GENERATION_KIND: RunKind<TestGenerationRequest> = {
  prepare,
  conclude: (stored, ended) => {
    const { file } = storedAs<StoredTests>(stored);
    const { markdown, edits, testPlan } = concludeTests(file, ended);
    const artifacts = edits.map(({ file: title, changes }): Artifact => {
      return { name: 'tests', title, kind: 'tests', format: 'text', content: applyChanges('', changes) };
    });
    return { result: markdown, edits, testPlan, keepsDocument: true, documentKind: 'report', artifacts };
  },
};

async function prepare(request: TestGenerationRequest, context: KindContext): Promise<PreparedKind> {
  const { workspace, signal, knownSecrets } = context;
  if (!workspace) {
    throw new EnsembleError('invalid-input', 'There is no folder with code.', { hint: 'Open a folder first.' });
  }
  const code = await readTarget(request.target, workspace, signal, knownSecrets);
  const facts = await findTestFacts(code, request.framework, { workspace, signal, knownSecrets });
  const tasks = planTests(code, facts, callSettings(context, null));
  return {
    title: `Tests of ${code.path}`,
    stored: { request: { ...request, target: withoutText(request.target) }, file: code.path },
    tasks,
    expectedCalls: tasks.length,
  };
}
