const flag: unique symbol = Symbol.for("attune.loading") as never;
const state = globalThis as { [flag]?: number };

/** Does some work while user modules are known to be loading, in every copy of attune in this process. */
export async function whileLoading<T>(work: () => Promise<T>): Promise<T> {
  state[flag] = (state[flag] ?? 0) + 1;
  try {
    return await work();
  } finally {
    state[flag]--;
  }
}

/** Whether attune is loading a user's module right now. */
export function isLoading(): boolean {
  return (state[flag] ?? 0) > 0;
}
