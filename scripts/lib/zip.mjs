import { ScriptError } from './project.mjs';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;

/** Names and sizes in a zip archive (a VSIX is one), from its central directory. */
export function listZip(archive) {
  let end = archive.length - END_SIZE;
  while (end >= 0 && archive.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < 0) throw new ScriptError('This is not a zip archive.');
  const count = archive.readUInt16LE(end + 10);
  let position = archive.readUInt32LE(end + 16);
  const files = [];
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(position) !== ENTRY_SIGNATURE) throw new ScriptError('The zip archive is damaged.');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => archive.readUInt16LE(position + at));
    const name = archive.toString('utf8', position + ENTRY_SIZE, position + ENTRY_SIZE + nameLength);
    files.push({ name, compressed: archive.readUInt32LE(position + 20), size: archive.readUInt32LE(position + 24) });
    position += ENTRY_SIZE + nameLength + extraLength + commentLength;
  }
  return files;
}
