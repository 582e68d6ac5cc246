/** A workspace folder, as far as names go. */
export interface NamedFolder {
  readonly name: string;
}

/**
 * A unique first path segment for each folder of a multi-root workspace: its name, with a number where two are called
 * the same. Slashes cannot occur in a segment and become dashes.
 */
export function folderSegments<F extends NamedFolder>(folders: readonly F[]): ReadonlyMap<string, F> {
  const segments = new Map<string, F>();
  for (const folder of folders) {
    const base = folder.name.replaceAll('/', '-') || 'folder';
    let segment = base;
    for (let number = 2; segments.has(segment); number++) segment = `${base}-${number}`;
    segments.set(segment, folder);
  }
  return segments;
}

/** Segments of a path of the workspace port; null where it could lead outside (`..`, absolute, NUL, backslash drive). */
export function safeSegments(path: string): readonly string[] | null {
  if (path === '') return [];
  if (path.startsWith('/') || path.includes('\0')) return null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.includes('..') ? null : segments;
}
