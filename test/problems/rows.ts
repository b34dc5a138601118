import type { AnyProblem, ProblemDefinition } from "../../src/problems/index.ts";

/** The row of docs/problems.md that tells of a problem: its cells. */
export function rowOf(definition: ProblemDefinition<never, unknown>): string[] {
  const { info } = definition;
  const options = Object.entries<{ readonly default: number }>(info.options);
  const problem = definition();
  const limits = Object.keys(problem.constraints).length;
  const losses = problem.objectives.length;
  return [
    `\`${info.name}\``,
    options.map(([key, { default: usual }]) => `${key} = ${usual}`).join(", "),
    spaceOf(problem),
    [
      `${losses} ${losses === 1 ? "loss" : "losses"}`,
      ...(limits > 0 ? [`${limits} ${limits === 1 ? "limit" : "limits"}`] : []),
    ].join(", "),
    problem.least === undefined
      ? losses > 1 && problem.front(9).length > 0
        ? "front"
        : "–"
      : String(Number(problem.least.toPrecision(7))),
    info.summary,
    info.source,
  ];
}

/** What the parameters are: `4 floats, 2 integers`. */
function spaceOf({ space }: AnyProblem): string {
  const kinds = space.axes.map(({ size, labels, ordered, name }) =>
    size === Infinity
      ? "float"
      : labels === undefined
        ? "integer"
        : !ordered || name.startsWith("?")
          ? "choice"
          : "step",
  );
  return ["float", "integer", "step", "choice"]
    .flatMap((kind) => {
      const n = kinds.filter((each) => each === kind).length;
      return n === 0 ? [] : [`${n} ${kind}${n === 1 ? "" : "s"}`];
    })
    .join(", ");
}
