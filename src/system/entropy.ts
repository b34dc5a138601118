import { randomInt } from "node:crypto";

/** A fresh 32-bit seed, for a search that was given none. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}
