import type { Random } from "../../core/random.ts";

/** How a run that is over is followed by another. */
export interface Plan {
  readonly lambda: number;
  /** The initial step size as a share of the default one. */
  readonly shrink: number;
  /** The trials after which the run ends at the latest. */
  readonly limit: number;
}

/** The schedule of restarts: told what each run used, it plans the next one. */
export interface Restarts {
  next(random: Random): Plan;
  /** Counts a trial of the current run. */
  count(): void;
}

/** Every restart doubles the population (IPOP: Auger & Hansen, CEC 2005). */
export function ipop(lambda: number): Restarts {
  let runs = 0;
  return {
    next: () => ({ lambda: lambda * 2 ** Math.min(runs++, 12), shrink: 1, limit: Infinity }),
    count: () => undefined,
  };
}

/**
 * Two ways of restarting, the one that has used fewer trials next: with a population that doubles each time, or with a
 * small population and a small step (BIPOP: Hansen, GECCO 2009 workshop, section 2).
 */
export function bipop(lambda: number): Restarts {
  const used = { large: 0, small: 0 };
  let way: keyof typeof used = "large";
  let doublings = -1;
  let trials = 0;
  let lastLarge = 0;
  return {
    next: (random) => {
      const first = doublings < 0;
      // the very first run counts for neither
      if (doublings > 0 || way === "small") used[way] += trials;
      if (way === "large") lastLarge = trials;
      trials = 0;
      way = first || doublings === 0 || used.large <= used.small ? "large" : "small";
      if (way === "large") {
        doublings = Math.min(doublings + 1, 12);
        return { lambda: lambda * 2 ** doublings, shrink: 1, limit: Infinity };
      }
      const [u, v] = [random.uniform(), random.uniform()];
      const small = Math.max(lambda, Math.floor(lambda * (2 ** doublings / 2) ** (u * u)));
      return { lambda: small, shrink: 10 ** (-2 * v), limit: Math.max(1, lastLarge / 2) };
    },
    count: () => {
      trials++;
    },
  };
}
