import assert from 'node:assert/strict';
import { z } from 'zod';
import { sarifLog } from '../../../../src/core/review/sarif.ts';
import { finding, reviewResult } from '../../shells/cli/sample-result.ts';

// What SARIF 2.1.0 demands of the parts we use (OASIS schema: required properties, enums, no unknown properties).
const message = z.strictObject({ text: z.string().min(1), markdown: z.string().optional() });
const relativeUri = z.string().regex(/^(?!\/)(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+$/);
const artifactLocation = z.strictObject({ uri: relativeUri, uriBaseId: z.string() });
const region = z.strictObject({
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  snippet: message.or(z.strictObject({ text: z.string() })),
});
const location = z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region: region.optional() }) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(-1),
  level,
  message,
  locations: z.array(location),
  partialFingerprints: z.record(z.string(), z.string()),
  rank: z.number().min(-1).max(100),
  properties: z.record(z.string(), z.unknown()),
});
const rule = z.strictObject({
  id: z.string(),
  shortDescription: message,
  properties: z.strictObject({ tags: z.array(z.string()) }),
});
const log = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
          rules: z.array(rule),
        }),
      }),
      automationDetails: z.strictObject({ id: z.string() }),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          toolExecutionNotifications: z.array(
            z.strictObject({ level, message, locations: z.array(location).optional() }),
          ),
        }),
      ),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ description: message })),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(result),
    }),
  ]),
});

describe('sarifLog', () => {
  it('is SARIF 2.1.0 with one rule per category and one result per finding', () => {
    const findings = [
      finding({ category: 'security', severity: 'critical' }),
      finding({ category: 'correctness', severity: 'medium', suggestion: '' }),
      finding({ category: 'security', severity: 'info', quote: '' }),
    ];
    const parsed = log.parse(JSON.parse(JSON.stringify(sarifLog(reviewResult({ findings }), '0.1.0'))));
    const [run] = parsed.runs;
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      ['correctness', 'security'],
    );
    assert.deepEqual(
      run.results.map(({ ruleId, ruleIndex, level: one }) => [ruleId, ruleIndex, one]),
      [
        ['security', 1, 'error'],
        ['correctness', 0, 'warning'],
        ['security', 1, 'note'],
      ],
    );
    assert.deepEqual(run.results[0]?.locations[0]?.physicalLocation.region, {
      startLine: 12,
      endLine: 13,
      snippet: { text: 'eval(input)' },
    });
    assert.deepEqual(run.results[0]?.partialFingerprints, { 'ensembleFinding/v1': 'abcdef0123456789' });
    assert.match(run.results[0]?.message.text ?? '', /Input is run as code[\s\S]*Suggestion: Parse it instead/);
  });

  it('writes any path as a relative URI', () => {
    const uriOf = (file: string) =>
      log.parse(sarifLog(reviewResult({ findings: [finding({ file })] }), '0.1.0')).runs[0].results[0]?.locations[0]
        ?.physicalLocation.artifactLocation.uri;
    assert.equal(uriOf('a dir/ü#?.ts'), 'a%20dir/%C3%BC%23%3F.ts');
    assert.equal(uriOf('c:evil'), 'c%3Aevil');
  });

  it('says what was not reviewed and that the run was not whole', () => {
    const coverage = {
      reviewed: [],
      skipped: [{ path: '.env', reason: 'may hold secrets' }],
      truncated: [{ path: 'big.ts', reason: 'too long' }],
      failed: [{ path: 'b.ts', reason: 'no answer' }],
      complete: false,
    };
    const partial = reviewResult({
      status: 'partial',
      findings: [],
      coverage,
      error: { code: 'task-failed', message: 'A task failed.', hint: null },
    });
    const [invocation] = log.parse(sarifLog(partial, '0.1.0')).runs[0].invocations;
    assert.equal(invocation?.executionSuccessful, false);
    assert.deepEqual(
      invocation?.toolExecutionNotifications.map((one) => [
        one.level,
        one.message.text,
        one.locations?.[0]?.physicalLocation.artifactLocation.uri,
      ]),
      [
        ['error', 'A task failed.', undefined],
        ['error', 'Not reviewed: no answer', 'b.ts'],
        ['warning', 'Reviewed in part: too long', 'big.ts'],
        ['note', 'Left out: may hold secrets', '.env'],
      ],
    );
  });
});
