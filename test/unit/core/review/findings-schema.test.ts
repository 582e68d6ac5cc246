import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { findingsSchema } from '../../../../src/core/review/findings-schema.ts';
import { reported } from './samples.ts';

const parse = (value: unknown) => findingsSchema.safeParse(value);
const only = (fields: Record<string, unknown>) => {
  const parsed = findingsSchema.parse({ findings: [{ ...reported(), ...fields }] });
  assert.equal(parsed.findings.length, 1);
  return parsed.findings[0]!;
};

describe('findingsSchema', () => {
  it('takes the answer that was asked for unchanged', () => {
    assert.deepEqual(findingsSchema.parse({ findings: [reported()] }), { findings: [reported()] });
    assert.deepEqual(findingsSchema.parse({ findings: [] }), { findings: [] });
  });

  it('takes other wrappings', () => {
    for (const value of [[reported()], { issues: [reported()] }, { review: { findings: [reported()] } }]) {
      assert.deepEqual(findingsSchema.parse(value), { findings: [reported()] });
    }
  });

  it('takes other field names and leaves what is missing empty', () => {
    const finding = findingsSchema.parse([
      {
        path: 'a.ts',
        code: 'x();',
        startLine: '12-14',
        severity: 'major',
        type: 'bug',
        message: 'It fails. Always.',
        recommendation: 'Do not.',
      },
    ]).findings[0];
    assert.deepEqual(finding, {
      file: 'a.ts',
      quote: 'x();',
      line: 12,
      severity: 'high',
      category: 'bug',
      title: 'It fails.',
      explanation: 'It fails. Always.',
      suggestion: 'Do not.',
      replacement: null,
      confidence: 0.5,
    });
  });

  it('reads severities and confidences as models write them', () => {
    const severities = ['Critical', 'blocker', 'ERROR', 'moderate', 'warning', 'minor', 'nit', 'Informational'];
    assert.deepEqual(
      severities.map((severity) => only({ severity }).severity),
      ['critical', 'critical', 'high', 'medium', 'medium', 'low', 'low', 'info'],
    );
    const confidences = [0.8, 80, '80%', '0.8', 'high', 1, 0, -1, Number.NaN, null, 'no idea'];
    assert.deepEqual(
      confidences.map((confidence) => only({ confidence }).confidence),
      [0.8, 0.8, 0.8, 0.8, 0.9, 1, 0, 0.5, 0.5, 0.5, 0.5],
    );
  });

  it('takes the line numbers of the prompt off a quote and a replacement', () => {
    const { quote, replacement } = only({ quote: '12| a();\n13|   b();\n14|', replacement: '12| c();' });
    assert.equal(quote, 'a();\n  b();\n');
    assert.equal(replacement, 'c();');
    assert.equal(only({ quote: 'a | b' }).quote, 'a | b');
  });

  it('refuses what it cannot understand', () => {
    for (const value of [{}, 'none', null, { findings: 'none' }, { findings: ['eval'] }])
      assert.equal(parse(value).success, false);
    assert.equal(parse([{ ...reported(), severity: 'purple' }]).success, false);
    assert.equal(parse([{ quote: 'a();', severity: 'high' }]).success, false);
  });

  it('never throws, whatever the answer is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void parse({ findings: [value] })));
  });

  it('can be sent as a JSON schema in which every field is required', () => {
    const schema = z.toJSONSchema(findingsSchema, { io: 'output' }) as unknown as {
      properties: { findings: { items: { required: string[]; properties: object } } };
    };
    const { required, properties } = schema.properties.findings.items;
    assert.deepEqual([...required].sort(), Object.keys(properties).sort());
  });
});
