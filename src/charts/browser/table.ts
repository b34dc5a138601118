import { element } from "./element.ts";

/** A cell: what it shows, and what it is sorted by. */
export interface Cell {
  readonly text: string;
  readonly by: number | string;
}

/** A table whose columns sort it; numbers that are missing come last either way. */
export function sortableTable(head: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement {
  const body = element("tbody");
  const numeric = head.map((_, c) => rows.every((row) => /^$|^[-−+×±\d.–]/.test(row[c]!.text)));
  const show = (sorted: readonly (readonly Cell[])[]): void =>
    body.replaceChildren(
      ...sorted.map((row) =>
        element(
          "tr",
          {},
          ...row.map(({ text }, c) =>
            element("td", { className: numeric[c] ? "number" : "", title: text.length > 24 ? text : "" }, text),
          ),
        ),
      ),
    );
  const titles = head.map((name, c) => {
    const button = element("button", { type: "button" }, name);
    const th = element("th", { className: numeric[c] ? "number" : "" }, button);
    button.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending";
      for (const other of titles) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      show([...rows].sort((a, b) => compare(a[c]!.by, b[c]!.by, down ? -1 : 1)));
    });
    return th;
  });
  show(rows);
  return scrolling(element("table", {}, element("thead", {}, element("tr", {}, ...titles)), body));
}

/** A table in a box of its own, in which it may be larger than the page. */
export function scrolling(table: HTMLTableElement): HTMLElement {
  const box = element("div", { className: "scroll" }, table);
  box.tabIndex = 0;
  return box;
}

function compare(a: number | string, b: number | string, sign: number): number {
  if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
}
