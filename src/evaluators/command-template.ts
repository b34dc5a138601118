import { nearest, show, usage } from "../core/errors.ts";

/** `{{text}}` and `{{` stand for braces, `{name}` for a value; any other brace stands for itself. */
const MARKS = /\{\{([^{}]*)\}\}|(\{\{)|\{([A-Za-z_][\w.-]*)\}/g;

/** What a command can use beside the parameters; a parameter of the same name comes first. */
export const SPECIAL: readonly string[] = ["trial", "attempt", "seed", "worker", "dir", "params", "params.json"];
/** What the name of a leased resource stands after: `{lease.gpu}`. */
const LEASE = "lease.";

/** The names of the placeholders in a command. */
export function placeholders(command: readonly string[]): string[] {
  return command.flatMap((argument) => [...argument.matchAll(MARKS)].flatMap(([, , , name]) => name ?? []));
}

/**
 * The arguments with values in the place of placeholders. An argument whose placeholder has no value is dropped; one
 * that is a placeholder alone becomes several when the value is a list.
 */
export function fill(command: readonly string[], value: (name: string) => unknown): string[] {
  return command.flatMap((argument) => {
    const alone = /^\{([A-Za-z_][\w.-]*)\}$/.exec(argument)?.[1];
    if (alone !== undefined) {
      const found = value(alone);
      return Array.isArray(found) ? found.map(textOf) : found === undefined ? [] : [textOf(found)];
    }
    let complete = true;
    const text = replace(argument, (name) => {
      const found = value(name);
      if (found === undefined) complete = false;
      return textOf(found);
    });
    return complete ? [text] : [];
  });
}

/** One text with values in the place of placeholders; undefined where one has no value. Lists are joined by commas. */
export function fillText(text: string, value: (name: string) => unknown): string | undefined {
  const filled = fill([text], (name) => {
    const found = value(name);
    return Array.isArray(found) ? textOf(found) : found;
  });
  return filled[0];
}

/**
 * The script for a POSIX shell, and the values that it refers to as `$1`, `$2`, …: a value is never read as shell text,
 * also inside the script's own quotes. What has no value is left empty.
 */
export function fillScript(command: readonly string[], value: (name: string) => unknown): [string, ...string[]] {
  const text = command.join(" ");
  const values: string[] = [];
  let quote = "";
  let from = 0;
  const script = replace(text, (name, at) => {
    quote = quoteAt(text, from, at, quote);
    from = at;
    const found = value(name);
    if (found === undefined) return "";
    const several = quote === "" && Array.isArray(found) ? found.map(textOf) : [textOf(found)];
    const references = several.map((one) => `\${${values.push(one)}}`);
    if (quote === '"') return references.join("");
    const quoted = references.map((reference) => `"${reference}"`).join(" ");
    return quote === "'" ? `'${quoted}'` : quoted;
  });
  return [script, ...values];
}

/** The quote that is open at `to`, when `quote` is open at `from`. */
function quoteAt(text: string, from: number, to: number, quote: string): string {
  let open = quote;
  for (let i = from; i < to; i++) {
    const character = text[i]!;
    if (character === "\\" && open !== "'") i++;
    else if (character === open) open = "";
    else if (open === "" && (character === '"' || character === "'")) open = character;
  }
  return open;
}

function replace(argument: string, value: (name: string, at: number) => string): string {
  return argument.replace(
    MARKS,
    (_, inside: string | undefined, brace: string | undefined, name: string | undefined, at: number) =>
      inside !== undefined ? `{${inside}}` : brace !== undefined ? "{" : value(name!, at),
  );
}

/** A value as it stands in an argument. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return typeof value === "object" ? JSON.stringify(value) : `${value as string | number}`;
}

/** The value at a path such as `schedule.chunk`, or `schedule.dynamic.chunk` as the axis is called. */
export function lookUp(params: unknown, path: string): unknown {
  if (typeof params !== "object" || params === null) return undefined;
  if (Object.hasOwn(params, path)) return (params as Record<string, unknown>)[path];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const [head, rest] = [path.slice(0, dot), path.slice(dot + 1)];
    const inner = Object.hasOwn(params, head) ? lookUp((params as Record<string, unknown>)[head], rest) : undefined;
    if (inner !== undefined) return inner;
    if ((params as { kind?: unknown }).kind === head) return lookUp(params, rest);
  }
  return undefined;
}

/**
 * Throws a usage error for a placeholder that no parameter stands behind. `names` are axis names; the JSON form of the
 * space adds what has no axis, such as constants. `pools` are the resources that are leased; left out where they are not
 * known yet.
 */
export function checkPlaceholders(
  command: readonly string[],
  names: Iterable<string>,
  space?: object,
  pools?: readonly string[],
): void {
  const known = new Set<string>(SPECIAL);
  const open = new Set<string>();
  for (const name of names) known.add(pathOf(name));
  if (space !== undefined) collect(space as Record<string, unknown>, "", known, open);
  for (const prefix of [...known].flatMap(prefixes)) known.add(prefix);
  for (const argument of command) {
    for (const name of placeholders([argument])) {
      if (known.has(name) || prefixes(name).some((prefix) => open.has(prefix)) || isShortened(name, known)) continue;
      if (name.startsWith(LEASE)) {
        checkLease(name.slice(LEASE.length), argument, pools);
        continue;
      }
      const near = nearest(
        name,
        [...known].sort((a, b) => b.length - a.length),
      );
      const all = [...known].filter((each) => !SPECIAL.includes(each));
      throw usage(
        `Unknown placeholder \`{${name}}\` in ${show(argument)}. ` +
          (near === undefined ? `The parameters are: ${all.join(", ")}` : `Did you mean \`{${near}}\`?`),
      );
    }
  }
}

function checkLease(pool: string, argument: string, pools: readonly string[] | undefined): void {
  if (pools === undefined || pools.includes(pool)) return;
  const there = pools.length === 0 ? "none is" : `${pools.map((each) => `\`${each}\``).join(", ")} is`;
  throw usage(
    `Expected \`${pool}\` to be a resource, as ${show(argument)} uses it, but ${there}: ` +
      `give the evaluator \`resources: { ${pool}: … }\`, or the command line --resource ${pool}=…`,
  );
}

/** `x.y[0]."a.b"?` as a path into the parameters: `x.y`, as lists are not entered. */
export function pathOf(axis: string): string {
  const parts = axis.replace(/\[.*$/, "").match(/"(?:[^"\\]|\\.)*"|[^.?]+/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? (JSON.parse(part) as string) : part)).join(".");
}

function prefixes(path: string): string[] {
  const parts = path.split(".");
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join("."));
}

/** Whether the path is a known one without the names of branches: `schedule.chunk` of `schedule.dynamic.chunk`. */
function isShortened(path: string, known: ReadonlySet<string>): boolean {
  const parts = path.split(".");
  return [...known].some((other) => {
    const whole = other.split(".");
    if (whole.length <= parts.length || whole[0] !== parts[0] || whole.at(-1) !== parts.at(-1)) return false;
    let at = 0;
    for (const part of whole) if (part === parts[at]) at++;
    return at === parts.length;
  });
}

/** Adds the paths of a space's JSON form, and to `open` those whose values may be objects. */
function collect(json: Record<string, unknown>, path: string, known: Set<string>, open: Set<string>): void {
  const enter = (body: unknown, at: string): void => {
    for (const [key, part] of Object.entries((body ?? {}) as Record<string, Record<string, unknown>>))
      collect(part, at === "" ? key : `${at}.${key}`, known, open);
  };
  if (path !== "") known.add(path);
  switch (json["type"]) {
    case "object":
      return enter(json["of"], path);
    case "optional":
      return collect(json["of"] as Record<string, unknown>, path, known, open);
    case "variant":
      known.add(path === "" ? "kind" : `${path}.kind`);
      for (const [kind, body] of Object.entries(json["branches"] as Record<string, unknown>)) {
        enter(body, path);
        enter(body, path === "" ? kind : `${path}.${kind}`);
      }
      return;
    case "choice":
    case "ordinal":
    case "constant":
      open.add(path);
  }
}
