/** Variables of the process; none in a browser. */
export const hostEnvironment: Readonly<Record<string, string | undefined>> =
  typeof process === 'undefined' ? {} : process.env;

/** True in a browser and in its workers, where vendors' SDKs want to be told that the key is the user's own. */
export const isBrowser = typeof process === 'undefined' || process.versions?.node === undefined;
