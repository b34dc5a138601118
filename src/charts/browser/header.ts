import type { ReportData } from "../report/report-data.ts";
import { element } from "./element.ts";

/** What was searched, and what was found. */
export function header({ title, facts, found }: ReportData): HTMLElement {
  const [first = "", ...more] = found;
  return element(
    "header",
    {},
    element("p", { className: "title" }, title),
    element("h1", {}, first),
    ...more.map((sentence) => element("p", { className: "found" }, sentence)),
    element(
      "dl",
      {},
      ...facts.map(([name, text]) => element("div", {}, element("dt", {}, name), element("dd", {}, text))),
    ),
  );
}
