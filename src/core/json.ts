/** Any value that survives JSON. Everything that is journaled, stored or sent between processes is one of these. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object, the usual shape of a payload. */
export type JsonObject = { readonly [key: string]: Json };
