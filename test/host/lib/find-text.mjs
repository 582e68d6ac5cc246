import fs from 'node:fs';
import path from 'node:path';

/** Files below the folders that contain the text, whatever their encoding of it is (UTF-8, UTF-16, base64). */
export function filesWith(text, folders) {
  const forms = [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')),
  ];
  return folders.flatMap((folder) =>
    fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => {
        const content = fs.readFileSync(file);
        return forms.some((form) => content.includes(form));
      }),
  );
}
