/** The colours of a page and its charts. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  /** Trials, the best ones, the baseline. */
  readonly trial: string;
  readonly best: string;
  readonly baseline: string;
  /** Beyond a limit, cut off or pruned, failed. */
  readonly infeasible: string;
  readonly pruned: string;
  readonly failed: string;
  /** From the worst to the best; the best stands out from the surface. */
  readonly scale: readonly string[];
}

/** The same hues told apart with the common kinds of colour blindness: blue, orange, and lightness beside hue. */
export const light: Theme = {
  ink: "#1c2128",
  muted: "#57606a",
  grid: "#e6e9ed",
  surface: "#ffffff",
  trial: "#4a86d4",
  best: "#d4650a",
  baseline: "#1c2128",
  infeasible: "#b08a2e",
  pruned: "#98a2ad",
  failed: "#cf3a3a",
  scale: ["#dfe5ec", "#b5cfea", "#74a9dc", "#2f72bd", "#08306b"],
};

export const dark: Theme = {
  ink: "#e6e9ee",
  muted: "#9da8b5",
  grid: "#2a313a",
  surface: "#171b21",
  trial: "#5b93dd",
  best: "#ffab4a",
  baseline: "#f4f6f8",
  infeasible: "#c9a44c",
  pruned: "#6f7b88",
  failed: "#ff7474",
  scale: ["#2c3440", "#3a5579", "#4f86c6", "#9cc4ef", "#f6f3c4"],
};
