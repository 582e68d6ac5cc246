/** Hosts that never leave this machine. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/**
 * What is wrong with an endpoint; null when it may be used. Keys and code travel to it, so it must be https, or http on
 * this machine, and must not carry credentials in the address.
 */
export function validateBaseURL(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return `"${url}" is not a URL; it looks like https://host/v1.`;
  }
  if (parsed.username !== '' || parsed.password !== '') return 'The URL must not contain a user name or password.';
  if (parsed.search !== '' || parsed.hash !== '') return 'The URL must not contain a query or fragment.';
  if (parsed.protocol === 'https:') return null;
  if (parsed.protocol === 'http:' && LOOPBACK.test(parsed.hostname)) return null;
  return `${parsed.protocol}//${parsed.host} is not allowed: use https, or http on this machine only.`;
}

/** True when requests to the endpoint stay on this machine. */
export function isLoopbackURL(url: string): boolean {
  try {
    return LOOPBACK.test(new URL(url).hostname);
  } catch {
    return false;
  }
}
