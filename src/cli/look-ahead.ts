import { existsSync } from "node:fs";
import { AttuneError, isAttuneError } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { type Glance, glance } from "../search/glance.ts";
import type { SearchHandle } from "../search/handle.ts";
import { locationOf } from "../search/parts.ts";
import { refusal } from "../search/repeated-trial.ts";
import type { Search } from "../search/search.ts";
import type { StartOptions } from "../search/session.ts";
import { interruptible } from "./interrupt.ts";

/** What the short check before a search came to. "known": its journal says what it is like. */
export type Ahead = Glance | "none" | "long" | "later" | "known";

/** The ways on from a baseline that fails: before a search, and in one. */
const BEFORE = "Nothing can be compared with it. To search all the same: --no-check";
const WITHIN = "The search was ended. Once that is mended, start over with --fresh; without, it goes on from here";

/**
 * The short form of `attune check`, before a search: runs its baseline for about a second. Throws when it fails; resolves
 * with undefined when it was interrupted. A search that goes on is not looked at again.
 */
export async function lookAhead(
  search: Search,
  { fresh, ...options }: Pick<StartOptions, "module" | "workers" | "log" | "fresh">,
): Promise<Ahead | undefined> {
  const journal = locationOf(search.spec.journal);
  if (!fresh && journal !== undefined && existsSync(journal)) return "known";
  try {
    return await interruptible((signal) => glance(search.spec, options, signal));
  } catch (error) {
    throw withWayOn(error, BEFORE);
  }
}

/** Ends a search when its baseline fails, as that was too long to be looked at before; `told` when it is complete. Returns what gives the error then. */
export function watchBaseline(
  handle: SearchHandle<unknown, unknown>,
  told: (baseline: FinishedTrial) => void,
): () => Error | undefined {
  let failed: Error | undefined;
  const unwatch = handle.watch(({ event, trial }) => {
    if (trial?.source !== "baseline" || event.type !== "trial-finished") return;
    unwatch();
    if (trial.state === "complete") told(trial as FinishedTrial);
    if (trial.state !== "failed") return;
    failed = withWayOn(refusal("baseline", trial.failure!), WITHIN);
    handle.stop({ now: true }).catch(() => {});
  });
  return () => failed;
}

function withWayOn(error: unknown, way: string): Error {
  if (!isAttuneError(error) || error.code !== "all-failed") return error as Error;
  return new AttuneError("all-failed", `${error.message}\n${way}`, { cause: error.cause });
}
