import assert from 'node:assert/strict';
import * as z from 'zod';
import { strictSchema } from '../../../../src/adapters/providers/strict-schema.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { planSchema } from '../../../../src/core/planning/plan-schema.ts';
import { findingsSchema } from '../../../../src/core/review/findings-schema.ts';

function jsonSchema(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as JsonObject;
}

describe('strictSchema', () => {
  for (const [name, schema] of Object.entries({ plan: planSchema, findings: findingsSchema })) {
    it(`holds a model to a ${name}`, () => {
      const strict = strictSchema(jsonSchema(schema));
      assert.ok(strict);
      // As text, because what vendors refuse may stand at any depth.
      assert.doesNotMatch(JSON.stringify(strict), /"(minLength|maxLength|minItems|maxItems|pattern|default|\$schema)"/);
    });
  }

  it('leaves out what constrained decoding does not know, at any depth, and keeps names that look like it', () => {
    const schema = z.object({
      pattern: z.string().regex(/x/).max(5),
      list: z.array(z.object({ minimum: z.number().min(1).nullable() })).min(1),
      one: z.union([z.literal('a'), z.object({ b: z.string().min(1) })]),
    });
    assert.deepEqual(strictSchema(jsonSchema(schema)), {
      type: 'object',
      properties: {
        pattern: { type: 'string' },
        list: {
          type: 'array',
          items: {
            type: 'object',
            properties: { minimum: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
            required: ['minimum'],
            additionalProperties: false,
          },
        },
        one: {
          anyOf: [
            { type: 'string', const: 'a' },
            { type: 'object', properties: { b: { type: 'string' } }, required: ['b'], additionalProperties: false },
          ],
        },
      },
      required: ['pattern', 'list', 'one'],
      additionalProperties: false,
    });
  });

  for (const [what, schema] of [
    ['optional properties', z.object({ a: z.string().optional() })],
    ['free properties', z.looseObject({ a: z.string() })],
    ['a record', z.object({ a: z.record(z.string(), z.number()) })],
  ] as const) {
    it(`has none for ${what}`, () => assert.equal(strictSchema(jsonSchema(schema)), null));
  }
});
