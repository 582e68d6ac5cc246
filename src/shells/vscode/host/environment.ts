/** Variables of the extension host's process; none in a browser. */
export const environment: Readonly<Record<string, string | undefined>> =
  typeof process === 'undefined' ? {} : process.env;
