/** A browser has no home folder. */
export function homeFolder(): string | null {
  return null;
}
