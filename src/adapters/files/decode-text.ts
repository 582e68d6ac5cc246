import { EnsembleError } from '../../core/errors.ts';

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark, which is left out. Throws `invalid-input` for bytes that are no
 * such text.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notText('it is no text in UTF-8 or UTF-16', cause);
  }
  if (text.includes('\0')) throw notText('it is no text: there are zero bytes in it');
  return text;
}

function notText(reason: string, cause?: unknown): EnsembleError {
  return new EnsembleError('invalid-input', `It cannot be read: ${reason}.`, {
    hint: 'Save the file as UTF-8.',
    cause,
  });
}
