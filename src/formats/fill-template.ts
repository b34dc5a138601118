import { show, usage } from "../core/errors.ts";
import { literal } from "./literal.ts";
import { plainText, settingsOf } from "./settings.ts";

/**
 * A text with the values of a configuration in the place of `{name}`, `{inner.name}`. Only the names of parameters stand for
 * values, so that all other braces may remain; a line with the name of one that is absent is left out. `{{name}}` stays as
 * `{name}`. Throws a usage error for a text that names no parameter.
 */
export function fillTemplate(text: string, params: unknown, names: readonly string[]): string {
  const values = new Map(settingsOf(params).map(({ path, value }) => [path.join("."), plainText(value)]));
  const known = [...new Set([...names, ...values.keys()])];
  const longestFirst = known.map(literal).sort((a, b) => b.length - a.length);
  const mark = new RegExp(String.raw`\{\{(${longestFirst.join("|")})\}\}|\{(${longestFirst.join("|")})\}`, "g");
  let found = 0;
  const filled = text.split("\n").flatMap((line) => {
    let complete = true;
    const out = line.replace(mark, (_, kept: string | undefined, name: string) => {
      found++;
      if (kept !== undefined) return `{${kept}}`;
      complete &&= values.has(name);
      return values.get(name) ?? "";
    });
    return complete ? [out] : [];
  });
  if (found > 0) return filled.join("\n");
  throw usage(
    `Expected the template to name a parameter, as in ${show(`{${known[0] ?? "name"}}`)}: ${known.join(", ")}`,
  );
}
