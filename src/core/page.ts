/** One page of a list; `total` counts all matches. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}
