import { readTarget, withoutText } from '../edits/read-target.ts';
import { redact } from '../policy/redaction.ts';
import { concludeRefactor } from '../refactor/conclude-refactor.ts';
import { planRefactor } from '../refactor/plan-refactor.ts';
import { sectionsOf } from '../refactor/sections.ts';
import type { RefactorRequest } from '../requests.ts';
import { callSettings, type KindContext, type PreparedKind, patchOf, type RunKind } from './run-kind.ts';

/** `refactor`: one agent plans, others edit, one checks; edits are proposed, never made. */
export const REFACTOR_KIND: RunKind<RefactorRequest> = {
  prepare,
  conclude: (_stored, ended) => {
    const { markdown, edits, text } = concludeRefactor(ended);
    const artifacts = patchOf(edits, () => text);
    return { result: markdown, edits, keepsDocument: true, documentKind: 'report', artifacts };
  },
};

async function prepare(request: RefactorRequest, context: KindContext): Promise<PreparedKind> {
  const { workspace, signal, knownSecrets } = context;
  const code = await readTarget(request.target, workspace, signal, knownSecrets);
  const goals = request.goals?.trim() ? redact(request.goals.trim(), knownSecrets).text : null;
  return {
    title: `Refactoring of ${code.path}${code.lines ? `, lines ${code.lines.first}-${code.lines.last}` : ''}`,
    stored: { request: { ...request, target: withoutText(request.target), goals } },
    tasks: planRefactor(code, goals, callSettings(context, null)),
    expectedCalls: sectionsOf(code).length + 2,
  };
}
