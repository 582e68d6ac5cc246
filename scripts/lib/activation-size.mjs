/** Goal for what the editor reads and evaluates before anybody used us. */
export const MAX_ACTIVATION_BYTES = 60_000;

/**
 * Bytes that loading `entry` (its name in the metafile) loads: the file and all chunks that it imports statically, but
 * not those behind import().
 */
export function bytesLoadedBy(metafile, entry) {
  const loaded = new Set();
  const load = (file) => {
    const output = metafile.outputs[file];
    if (!output || loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of output.imports) if (kind === 'import-statement') load(path);
  };
  load(entry);
  return [...loaded].reduce((sum, file) => sum + metafile.outputs[file].bytes, 0);
}
