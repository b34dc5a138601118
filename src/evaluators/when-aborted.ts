const watched = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts, unless what it returns is called before. All that wait for one signal share one
 * listener: many attempts may, and Node warns of more than ten.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  let acts = watched.get(signal);
  if (acts === undefined) {
    const all = (acts = new Set());
    watched.set(signal, all);
    signal.addEventListener("abort", () => all.forEach((each) => each()), { once: true });
  }
  const own = acts.add(act);
  return () => own.delete(act);
}
