/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value or a promise of it. */
export type Awaitable<T> = T | Promise<T>;
