import { charts } from "../index.ts";
import { dark, light, type Theme } from "../theme.ts";
import { Trials } from "../trials.ts";
import type { ReportData } from "../report/report-data.ts";
import { Card } from "./card.ts";
import { element } from "./element.ts";
import { header } from "./header.ts";
import { bestConfiguration, failureList, topTrials } from "./lists.ts";

/** What marks in the browser's own timing that the charts in view are drawn. */
const DRAWN = "attune-drawn";
/** Charts that take the whole width. */
const WIDE = new Set(["parallel", "slices", "timeline"]);

/** Fills the page from the data that it holds. */
export function fillPage(data: ReportData): void {
  const trials = new Trials(data);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const theme = (): Theme => (night.matches ? dark : light);
  const drawable = charts.filter((chart) => chart.missing(trials) === undefined);
  const cards = drawable.map((chart) => new Card(chart, trials, theme));
  drawable.forEach(({ name }, i) => cards[i]!.section.classList.toggle("wide", WIDE.has(name)));
  const sections = cards.map(({ section }) => section);
  put(sections, bestConfiguration(trials), "importance", "parallel");
  put(sections, topTrials(trials), "parallel");
  put(sections, failureList(trials), "failures");
  document.body.append(
    header(data),
    element("main", {}, ...sections),
    element("footer", {}, "Written by attune. Charts: Apache ECharts, Apache License 2.0."),
  );
  alone(sections);

  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const card = cards.find(({ section }) => section === target)!;
        if (!isIntersecting || card.isDrawn) continue;
        card.draw();
        watch.unobserve(target);
      }
      requestAnimationFrame(() => performance.mark(DRAWN));
    },
    { rootMargin: "200px" },
  );
  for (const { section } of cards) watch.observe(section);
  night.addEventListener("change", () => {
    for (const card of cards) if (card.isDrawn) card.draw();
  });
  new ResizeObserver(() => {
    for (const card of cards) card.fit();
  }).observe(document.body);
  addEventListener("beforeprint", () => {
    for (const card of cards) if (!card.isDrawn) card.draw();
  });
}

/** Puts a section before the first one of these names, else at the end. */
function put(sections: HTMLElement[], section: HTMLElement | undefined, ...before: readonly string[]): void {
  if (section === undefined) return;
  const at = sections.findIndex(({ id }) => before.includes(id));
  sections.splice(at < 0 ? sections.length : at, 0, section);
}

/** A narrow section that would stand alone in its row takes all of it. */
function alone(sections: readonly HTMLElement[]): void {
  let before: HTMLElement | undefined;
  for (const section of sections) {
    if (section.classList.contains("wide")) {
      before?.classList.add("wide");
      before = undefined;
    } else before = before === undefined ? section : undefined;
  }
  before?.classList.add("wide");
}
