/** Scheme of result documents. A file system, because the tab of a text document content provider is gone after a reload. */
export const RESULT_SCHEME = 'ensemble-result';

const LONGEST_NAME = 60;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
/** Tabs of earlier versions of the product have the run in their path. */
const EARLIER_PATH = /^\/([0-9A-HJKMNP-TV-Z]{26})\/[^/]+$/;

/** A title as a file name: no separators or control characters, not too long for a tab. */
export function fileNameOf(title: string): string {
  const name = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
    .replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/[. ]+$/, '')
    .trim();
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  return `${short || 'Result'}.md`;
}

/** The query of a result document: it names the run, so that the path can be one for people. */
export function queryOfRun(runId: string): string {
  return `run=${runId}`;
}

/** The run of a result document; null: it names none. */
export function runIdOfResult({ path, query }: { readonly path: string; readonly query: string }): string | null {
  const named = new URLSearchParams(query).get('run');
  if (named !== null) return ULID.test(named) ? named : null;
  return EARLIER_PATH.exec(path)?.[1] ?? null;
}
