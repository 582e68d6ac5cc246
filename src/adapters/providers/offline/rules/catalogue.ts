import { PYTHON_CORRECTNESS_RULES } from './python-correctness.ts';
import { PYTHON_OTHER_RULES } from './python-other.ts';
import { PYTHON_SECURITY_RULES } from './python-security.ts';
import type { PythonRule, ScriptRule } from './rule.ts';
import { SCRIPT_DOCUMENTATION_RULES } from './script-documentation.ts';
import { SCRIPT_FLOW_RULES } from './script-flow.ts';
import { SCRIPT_INJECTION_RULES } from './script-injection.ts';
import { SCRIPT_PERFORMANCE_RULES } from './script-performance.ts';
import { SCRIPT_SECRET_RULES } from './script-secrets.ts';
import { SCRIPT_TEST_RULES } from './script-tests.ts';
import { SCRIPT_VALUE_RULES } from './script-values.ts';

/** What the offline reviewer knows about TypeScript and JavaScript. */
export const SCRIPT_RULES: readonly ScriptRule[] = [
  ...SCRIPT_FLOW_RULES,
  ...SCRIPT_VALUE_RULES,
  ...SCRIPT_INJECTION_RULES,
  ...SCRIPT_SECRET_RULES,
  ...SCRIPT_PERFORMANCE_RULES,
  ...SCRIPT_TEST_RULES,
  ...SCRIPT_DOCUMENTATION_RULES,
];

/** What the offline reviewer knows about Python. */
export const PYTHON_RULES: readonly PythonRule[] = [
  ...PYTHON_CORRECTNESS_RULES,
  ...PYTHON_SECURITY_RULES,
  ...PYTHON_OTHER_RULES,
];
