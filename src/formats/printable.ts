/**
 * A text as a terminal may show it: what an objective printed or threw can hold sequences that move the cursor, clear the
 * screen or ring the bell. Every control character but tabs and line ends becomes U+FFFD.
 */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/[^\P{Cc}\n\t]/gu, "\uFFFD");
}
