/** Eighths of a character cell, from none to seven. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of a share from 0 to 1, in eighths of `width` characters; a share above 0 is seen. */
export function bar(share: number, width = 40): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const shown = share > 0 ? Math.max(1, eighths) : 0;
  return "█".repeat(shown >> 3) + EIGHTHS[shown & 7]!;
}
