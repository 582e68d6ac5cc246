/** Answer of a step: the person goes back to the one before. */
export const BACK = Symbol('back');

/** What a step of the form resolves with; undefined: the person stopped. */
export type Answer = string | typeof BACK | undefined;
