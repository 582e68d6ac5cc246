/** Variables of the extension host's process; none in a browser. */
export const environment: Readonly<Record<string, string | undefined>> =
  typeof process === 'undefined' ? {} : process.env;

/** True where the extension host is a worker of a browser: no files, no programs, no environment. */
export const isBrowser = typeof process === 'undefined' || process.versions?.node === undefined;
