import type { Coverage, Finding, RunResult, Severity } from '../results.ts';

/** The part of SARIF 2.1.0 (OASIS, 2020) that we write. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [SarifRun];
}

interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly automationDetails: { readonly id: string };
  readonly invocations: readonly [SarifInvocation];
  readonly originalUriBaseIds: Readonly<Record<string, { readonly description: SarifMessage }>>;
  readonly columnKind: 'utf16CodeUnits';
  readonly results: readonly SarifResult[];
}

interface SarifDriver {
  readonly name: string;
  readonly semanticVersion?: string;
  readonly rules: readonly SarifRule[];
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifMessage;
  readonly properties: { readonly tags: readonly string[] };
}

interface SarifInvocation {
  readonly executionSuccessful: boolean;
  readonly toolExecutionNotifications: readonly SarifNotification[];
}

interface SarifNotification {
  readonly level: SarifLevel;
  readonly message: SarifMessage;
  readonly locations?: readonly SarifLocation[];
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: SarifLevel;
  readonly message: SarifMessage;
  readonly locations: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  /** 0-100. */
  readonly rank: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
    readonly region?: { readonly startLine: number; readonly endLine: number; readonly snippet: SarifMessage };
  };
}

interface SarifMessage {
  readonly text: string;
  readonly markdown?: string;
}

type SarifLevel = 'error' | 'warning' | 'note';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** The name that code scanning services replace by the root of the repository. */
const ROOT = '%SRCROOT%';
/** The number goes up when the way fingerprints are made changes. */
const FINGERPRINT = 'ensembleFinding/v1';

const LEVELS: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * A review as SARIF: one rule per category, one result per finding, and as notifications what was not reviewed, so that no
 * empty report passes for a clean one. `productVersion` null: not told.
 */
export function sarifLog(
  result: Pick<RunResult, 'findings' | 'coverage' | 'status' | 'runId' | 'workflow' | 'kind' | 'error'>,
  productVersion: string | null,
): SarifLog {
  const { findings = [], coverage, status, runId, workflow, error } = result;
  const categories = [...new Set(findings.map(({ category }) => category))].toSorted();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Ensemble',
            ...(productVersion === null ? {} : { semanticVersion: productVersion }),
            rules: categories.map(ruleOf),
          },
        },
        automationDetails: { id: `ensemble/${workflow ?? result.kind}/${runId}` },
        invocations: [
          {
            executionSuccessful: status === 'completed',
            toolExecutionNotifications: [
              ...(error ? [{ level: 'error' as const, message: { text: error.message } }] : []),
              ...(coverage ? notificationsOf(coverage) : []),
            ],
          },
        ],
        originalUriBaseIds: {
          [ROOT]: { description: { text: 'The root of the git repository, else the working directory.' } },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, categories.indexOf(finding.category))),
      },
    ],
  };
}

function ruleOf(category: string): SarifRule {
  return {
    id: category,
    shortDescription: { text: `Findings of the category ${category}` },
    properties: { tags: [category] },
  };
}

function resultOf(finding: Finding, ruleIndex: number): SarifResult {
  const { file, startLine, endLine, quote, title, explanation, suggestion } = finding;
  const paragraphs = [title, explanation, suggestion === '' ? '' : `Suggestion: ${suggestion}`].filter(
    (text) => text !== '',
  );
  return {
    ruleId: finding.category,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: paragraphs.join('\n\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file), uriBaseId: ROOT },
          region: { startLine, endLine, snippet: { text: quote } },
        },
      },
    ],
    partialFingerprints: { [FINGERPRINT]: finding.fingerprint },
    rank: Math.round(finding.confidence * 1000) / 10,
    properties: {
      severity: finding.severity,
      verdict: finding.verdict,
      reporters: finding.reporters,
      ...(finding.outsideChange ? { outsideChange: true } : {}),
    },
  };
}

function notificationsOf({ failed, truncated, skipped }: Coverage): SarifNotification[] {
  const notify = (level: SarifLevel, what: string, entries: Coverage['skipped']) =>
    entries.map(({ path, reason }) => ({
      level,
      message: { text: `${what}: ${reason}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path), uriBaseId: ROOT } } }],
    }));
  return [
    ...notify('error', 'Not reviewed', failed),
    ...notify('warning', 'Reviewed in part', truncated),
    ...notify('note', 'Left out', skipped),
  ];
}

/** A relative path as a relative URI (RFC 3986): each segment encoded, a first one with a colon not taken for a scheme. */
function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
