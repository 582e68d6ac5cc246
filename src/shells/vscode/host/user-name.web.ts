/** The browser tells nobody who its user is. */
export function userName(): string {
  return '';
}
