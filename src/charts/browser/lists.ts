import { changeText, durationText, numberText } from "../../formats/quantity.ts";
import type { Trials } from "../trials.ts";
import { element } from "./element.ts";
import { type Cell, scrolling, sortableTable } from "./table.ts";

/** The best trials and the baseline, as a table to sort. */
export function topTrials(trials: Trials): HTMLElement | undefined {
  const { data } = trials;
  if (data.top.length === 0) return undefined;
  const { baseline, objectives } = data;
  const indices = baseline === undefined || data.top.includes(baseline) ? data.top : [...data.top, baseline];
  const axes = trials.axes();
  const head = [
    "trial",
    ...objectives.flatMap(({ name, direction }) => [
      `${name} ${direction === "minimize" ? "↓" : "↑"}`,
      ...(baseline === undefined ? [] : ["change"]),
    ]),
    "took",
    ...axes.map((a) => data.axes[a]!.name),
  ];
  const rows = indices.map((i): Cell[] => [
    { text: `${trials.number(i)}${i === baseline ? " (baseline)" : ""}`, by: trials.number(i) },
    ...objectives.flatMap(({ name }): Cell[] => {
      const value = trials.value(name, i);
      if (baseline === undefined) return [{ text: numberText(value), by: value }];
      const base = trials.value(name, baseline);
      return [
        { text: numberText(value), by: value },
        { text: changeText(value, base), by: base === 0 ? NaN : (value - base) / Math.abs(base) },
      ];
    }),
    { text: durationText(data.trials.duration[i] ?? NaN), by: data.trials.duration[i] ?? NaN },
    ...axes.map((a): Cell => {
      const x = trials.param(a, i);
      return { text: Number.isNaN(x) ? "" : trials.textOf(a, x), by: x };
    }),
  ]);
  return element(
    "section",
    { id: "top", className: "wide" },
    element("div", { className: "head" }, element("h2", {}, "Best trials")),
    element(
      "p",
      { className: "note" },
      `The best ${data.top.length} of ${numberText(trials.count)}. A click on a column sorts by it.`,
    ),
    sortableTable(head, rows),
  );
}

/** The best configuration of one objective beside the baseline. */
export function bestConfiguration(trials: Trials): HTMLElement | undefined {
  const { leaders, baseline, objectives, axes } = trials.data;
  const [best] = leaders;
  if (objectives.length > 1 || best === undefined) return undefined;
  const text = (i: number, a: number): string =>
    Number.isNaN(trials.param(a, i)) ? "" : trials.textOf(a, trials.param(a, i));
  const rows = trials.axes().map((a) => {
    const [own, base] = [text(best, a), baseline === undefined ? "" : text(baseline, a)];
    const changed = baseline !== undefined && own !== base;
    return element(
      "tr",
      { className: changed ? "changed" : "" },
      element("td", {}, axes[a]!.name),
      element("td", {}, own),
      ...(baseline === undefined ? [] : [element("td", {}, base)]),
    );
  });
  const head = ["parameter", `trial ${trials.number(best)}`, ...(baseline === undefined ? [] : ["baseline"])];
  return element(
    "section",
    { id: "best" },
    element("div", { className: "head" }, element("h2", {}, "Best configuration")),
    element("p", { className: "note" }, "The most important parameter first."),
    scrolling(
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...head.map((name) => element("th", {}, name)))),
        element("tbody", {}, ...rows),
      ),
    ),
  );
}

/** Failures by kind with a message each, and the values that go with them. */
export function failureList({ data }: Trials): HTMLElement | undefined {
  if (data.failures.length === 0) return undefined;
  const most = data.failures[0]!.count;
  const kinds = data.failures.map(({ kind, count, first, message }) => {
    const bar = element("span", { className: "bar" });
    bar.style.width = `${(100 * count) / most}%`;
    return element(
      "li",
      {},
      element(
        "div",
        { className: "kind" },
        element("b", {}, kind),
        ` ${numberText(count)}`,
        element("span", { className: "track" }, bar),
      ),
      element("pre", {}, `trial ${first}: ${message}`),
    );
  });
  const causes = data.causes.map(({ name, label, kind, failed, of, otherFailed, otherOf }) =>
    element(
      "li",
      {},
      element("b", {}, `${name} = ${label}`),
      `: ${failed} of ${of} failed${kind === "any" ? "" : ` (${kind})`}, elsewhere ${otherFailed} of ${otherOf}`,
    ),
  );
  return element(
    "section",
    { id: "failure-kinds" },
    element("div", { className: "head" }, element("h2", {}, "Failures by kind")),
    element("ul", { className: "kinds" }, ...kinds),
    ...(causes.length === 0
      ? []
      : [
          element("h3", {}, "Values that go with failures"),
          element(
            "p",
            { className: "note" },
            "More often than chance explains (Fisher's exact test, corrected). They go together; neither need be the cause.",
          ),
          element("ul", { className: "causes" }, ...causes),
        ]),
  );
}
