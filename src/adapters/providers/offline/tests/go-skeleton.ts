import type { PromptFacts } from '../../../../core/test-generation/test-prompts.ts';
import { runTimeSymbols } from './run-time-symbols.ts';

/** A skeleton for `go test`: it compiles only while the names exist. */
export function goSkeleton(facts: PromptFacts): string {
  // What has type parameters cannot be named without arguments for them.
  const names = runTimeSymbols(facts).filter(({ params }) => !params.startsWith('['));
  const references = names.map(({ name, kind }) => {
    if (kind === 'type') return `\tvar _ *${name}`;
    return `\t_ = ${name}`;
  });
  const body = references.length > 0 ? references : ['\tt.Log("the package compiles")'];
  return [
    `package ${facts.packageName}`,
    '',
    'import "testing"',
    '',
    '// Holds the exported names: without one of them this does not compile.',
    'func TestExportedNames(t *testing.T) {',
    ...body,
    '}',
    '',
  ].join('\n');
}
