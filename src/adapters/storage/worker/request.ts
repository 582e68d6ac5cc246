/** Operations by name; the exact functions are what a caller's types follow from. */
// biome-ignore lint/suspicious/noExplicitAny: the bound of a type parameter, which says nothing about arguments
type Table = Readonly<Record<string, { run(...args: any[]): unknown }>>;

/** Arguments of an operation, without the context. */
export type ArgumentsOf<Operations extends Table, Name extends keyof Operations> =
  Parameters<Operations[Name]['run']> extends [unknown, ...infer Args] ? Args : never;

export type ResultOf<Operations extends Table, Name extends keyof Operations> = ReturnType<Operations[Name]['run']>;

/** One call: a name with the arguments that belong to it. */
export type RequestOf<Operations extends Table> = {
  [Name in keyof Operations]: { readonly name: Name; readonly args: ArgumentsOf<Operations, Name> };
}[keyof Operations];

/** Calls one of the operations. */
export type CallOf<Operations extends Table> = <Name extends keyof Operations>(
  name: Name,
  ...args: ArgumentsOf<Operations, Name>
) => Promise<ResultOf<Operations, Name>>;
