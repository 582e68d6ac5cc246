import type { PromptFacts } from '../../../../core/test-generation/test-prompts.ts';
import { goSkeleton } from './go-skeleton.ts';
import { pythonSkeleton } from './python-skeleton.ts';
import { scriptSkeleton } from './script-skeleton.ts';

/**
 * A test file that runs and passes: it loads the code and asserts what is certain, that the exported names are there and of
 * which kind. Nothing about behaviour is made up.
 */
export function testSkeleton(facts: PromptFacts): string {
  switch (facts.language) {
    case 'script':
      return scriptSkeleton(facts);
    case 'python':
      return pythonSkeleton(facts);
    case 'go':
      return goSkeleton(facts);
  }
}
