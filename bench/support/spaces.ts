import { choice, float, int, type Shape } from "attune/space";

const floats = (n: number): Shape => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, float(0, 1)]));

/** The spaces that costs are measured on, by name; the peers define the same. */
export const spaces: Readonly<Record<string, Shape>> = {
  "5 floats": floats(5),
  "20 floats": floats(20),
  mixed: {
    ...floats(5),
    ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`i${i}`, int(0, 99)])),
    ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`c${i}`, choice(["a", "b", "c", "d"])])),
  },
  /** Finite: for samplers that list it. */
  "6 ints": Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`x${i}`, int(0, 9)])),
};
