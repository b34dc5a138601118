import type { EChartsType } from "echarts/core";
import type { Chart, Chosen } from "../chart.ts";
import type { Theme } from "../theme.ts";
import type { Trials } from "../trials.ts";
import { draw } from "./draw.ts";
import { element } from "./element.ts";

/** A chart with its title, its choices and a sentence; drawn once it comes into view. */
export class Card {
  readonly section: HTMLElement;
  readonly #plot: HTMLElement = element("div", { className: "plot" });
  readonly #note: HTMLElement = element("p", { className: "note" });
  readonly #chart: Chart;
  readonly #trials: Trials;
  readonly #theme: () => Theme;
  #chosen: Chosen;
  #drawn: EChartsType | undefined;
  #width = 0;

  constructor(chart: Chart, trials: Trials, theme: () => Theme) {
    this.#chart = chart;
    this.#trials = trials;
    this.#theme = theme;
    const selects = chart.selects?.(trials) ?? [];
    this.#chosen = Object.fromEntries(selects.map(({ key, chosen }) => [key, chosen]));
    const choices = selects
      .filter(({ values }) => values.length > 1)
      .map(({ key, label, values, chosen }) => {
        const options = values.map((value) => element("option", { value }, value));
        const select = element("select", {}, ...options);
        select.value = chosen;
        select.addEventListener("change", () => {
          this.#chosen = { ...this.#chosen, [key]: select.value };
          this.draw();
        });
        return element("label", {}, label, select);
      });
    this.section = element(
      "section",
      { id: chart.name },
      element(
        "div",
        { className: "head" },
        element("h2", {}, chart.title),
        element("div", { className: "choices" }, ...choices),
      ),
      this.#note,
      this.#plot,
    );
    this.#plot.style.minHeight = `${chart.height(trials, this.#chosen, 480)}px`;
    this.#note.textContent = chart.note(trials, this.#chosen);
  }

  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }

  draw(): void {
    this.#drawn?.dispose();
    this.#note.textContent = this.#chart.note(this.#trials, this.#chosen);
    this.#plot.style.minHeight = "";
    this.#width = this.#plot.clientWidth;
    this.#drawn = draw(this.#plot, this.#chart, this.#trials, this.#chosen, this.#theme());
  }

  /** Draws again what has another width now. */
  fit(): void {
    if (this.isDrawn && this.#plot.clientWidth !== this.#width) this.draw();
  }
}
