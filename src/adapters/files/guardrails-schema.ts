import * as z from 'zod';
import type { Guardrails } from '../../core/agents/guardrails.ts';

/** Longest text of a rule, and most rules of a kind: what is above is a mistake. */
const MAX_RULE = 2_000;
const MAX_RULES = 100;
const MAX_TEXT = 100_000_000;

const pattern = z
  .string()
  .min(1)
  .max(MAX_RULE)
  .superRefine((text, context) => {
    try {
      new RegExp(text, 'u');
    } catch {
      context.addIssue({ code: 'custom', message: 'is no regular expression of JavaScript (with the flag "u")' });
    }
  });

const jsonSchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  try {
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON Schema that can be checked' });
  }
});

const length = z.number().int().min(0).max(MAX_TEXT);

function textRules<const Actions extends readonly [string, ...string[]]>(actions: Actions) {
  const action = z.enum(actions).optional();
  return z
    .object({
      minLength: length.optional(),
      maxLength: length.optional(),
      mustMatch: z.array(pattern).max(MAX_RULES).optional(),
      mustNotMatch: z.array(pattern).max(MAX_RULES).optional(),
      forbiddenPaths: z.array(z.string().min(1).max(MAX_RULE)).max(MAX_RULES).optional(),
      schema: jsonSchema.optional(),
      prompt: z.string().trim().min(1).max(MAX_RULE).optional(),
      actions: z
        .object({ length: action, pattern: action, forbiddenPaths: action, schema: action, prompt: action })
        .optional(),
    })
    .superRefine(({ minLength = 0, maxLength = MAX_TEXT }, context) => {
      if (minLength <= maxLength) return;
      context.addIssue({ code: 'custom', path: ['minLength'], message: 'must not be above maxLength' });
    });
}

/** The guardrails of one agent, or of all. An input is nobody's to repair. */
export const guardrailsSchema = z.object({
  input: textRules(['refuse', 'warn']).optional(),
  output: textRules(['refuse', 'repair', 'warn']).optional(),
});

/** What the schema has let pass, without the fields that are undefined. */
export function guardrailsOf(parsed: z.output<typeof guardrailsSchema>): Guardrails {
  return JSON.parse(JSON.stringify(parsed)) as Guardrails;
}

/** Rules that a repository may add: what cannot be made to hang, is sent nowhere and tells no agent what to do. */
const REPOSITORY_RULES: readonly string[] = ['minLength', 'maxLength', 'forbiddenPaths', 'actions'];

/** The part of a repository's guardrails that counts; `ignored` gets the paths of the rest. */
export function repositoryGuardrails(given: Guardrails, path: string, ignored: string[]): Guardrails {
  const sides = Object.entries(given).map(([side, rules]) => {
    const names = Object.keys(rules);
    ignored.push(...names.filter((name) => !REPOSITORY_RULES.includes(name)).map((name) => `${path}.${side}.${name}`));
    return [side, Object.fromEntries(Object.entries(rules).filter(([name]) => REPOSITORY_RULES.includes(name)))];
  });
  return Object.fromEntries(sides) as Guardrails;
}
