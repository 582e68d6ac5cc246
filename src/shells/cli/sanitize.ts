// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what this file looks for.
/** DCS, OSC, SOS, PM and APC with their text and terminator. */
const STRING_SEQUENCES =
  /(?:\u001b[P\]X^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)/g;
/** CSI and two-character sequences. */
const SHORT_SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;
/** All but tab and line feed. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Marks, overrides and isolates that reorder what a person reads (Unicode UAX 9). */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What JSON leaves in place of these; it escapes everything below U+0020 itself. */
const RAW_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

// biome-ignore-end lint/suspicious/noControlCharactersInRegex: from here on there is none.

/**
 * Makes text from models, files and providers safe to show on a terminal: ANSI, OSC and other escape sequences, C0 and C1
 * controls (except tab and line feed) and bidirectional controls are removed. A string sequence without its terminator
 * loses only its introducer, so that nothing that follows is hidden.
 */
export function stripControls(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(STRING_SEQUENCES, '')
    .replace(SHORT_SEQUENCES, '')
    .replace(CONTROLS, '')
    .replace(BIDI, '');
}

/** {@link stripControls} for something that must stay on one line: white space becomes single spaces. */
export function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, ' ').trim();
}

/**
 * JSON that loses nothing and still holds no raw control character: what `JSON.stringify` leaves in place (C1, bidi)
 * is written as a `\u` escape, which only ever occurs inside strings.
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    RAW_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
