import type { PromptFacts } from '../../../../core/test-generation/test-prompts.ts';
import { runTimeSymbols } from './run-time-symbols.ts';

/** A skeleton for unittest or pytest. */
export function pythonSkeleton(facts: PromptFacts): string {
  const { framework, style, importFrom } = facts;
  const name = importFrom.split('.').at(-1) ?? importFrom;
  const isUnittest = framework === 'unittest';
  const loading = importLines(importFrom, facts.testFile);
  const cases = casesOf(facts, loading.name);
  if (!isUnittest) {
    const tests = cases.map(({ test, condition }) => `def ${test}():\n${style.indent}assert ${condition}\n`);
    return `${[loading.lines.join('\n'), ...tests].join('\n\n')}`;
  }
  const tests = cases.map(
    ({ test, condition }) =>
      `${style.indent}def ${test}(self):\n${style.indent.repeat(2)}self.assertTrue(${condition})\n`,
  );
  const title = name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  return [
    ['import unittest', '', ...loading.lines].join('\n'),
    '\n',
    `class ${title}Test(unittest.TestCase):\n${tests.join('\n')}`,
    '\n',
    `if __name__ == "__main__":\n${style.indent}unittest.main()\n`,
  ].join('\n');
}

function casesOf(facts: PromptFacts, module: string): { readonly test: string; readonly condition: string }[] {
  const cases = runTimeSymbols(facts).map(({ name, kind }) => ({
    test: `test_has_${name}`,
    condition:
      kind === 'class'
        ? `isinstance(${module}.${name}, type)`
        : kind === 'function'
          ? `callable(${module}.${name})`
          : `hasattr(${module}, "${name}")`,
  }));
  return cases.length > 0 ? cases : [{ test: 'test_loads', condition: `${module} is not None` }];
}

/** A module whose name is no identifier is loaded by its path. */
function importLines(
  importFrom: string,
  testFile: string,
): { readonly lines: readonly string[]; readonly name: string } {
  const parts = importFrom.split('.');
  const last = parts.at(-1) ?? importFrom;
  if (parts.every((part) => /^[A-Za-z_]\w*$/.test(part))) {
    const parent = parts.slice(0, -1).join('.');
    return { lines: [parent === '' ? `import ${last}` : `from ${parent} import ${last}`], name: last };
  }
  const up = testFile.split('/').length - 1;
  const path = JSON.stringify(`${parts.join('/')}.py`);
  return {
    lines: [
      'import importlib.util',
      'from pathlib import Path',
      '',
      `_path = Path(__file__).resolve().parents[${up}] / ${path}`,
      `_spec = importlib.util.spec_from_file_location("subject", _path)`,
      'subject = importlib.util.module_from_spec(_spec)',
      '_spec.loader.exec_module(subject)',
    ],
    name: 'subject',
  };
}
