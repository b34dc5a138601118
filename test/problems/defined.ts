import * as problems from "../../src/problems/index.ts";
import type { ProblemDefinition } from "../../src/problems/index.ts";

/** Every problem of the registry. */
export const defined: readonly ProblemDefinition<never, unknown>[] = Object.values(problems).flatMap((each) =>
  typeof each === "function" && "info" in each ? [each as unknown as ProblemDefinition<never, unknown>] : [],
);
