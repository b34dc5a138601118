import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The commit that is checked out in the git repository around a directory, read from its files; no git is needed. */
export function gitCommit(directory: string): string | undefined {
  try {
    const git = gitDirectory(resolve(directory));
    if (git === undefined) return undefined;
    const head = text(join(git, "HEAD"));
    if (head === undefined || !head.startsWith("ref: ")) return commitIn(head);
    const name = head.slice(5);
    // gitrepository-layout(5): a worktree's refs are in the common directory
    const common = resolve(git, text(join(git, "commondir")) ?? ".");
    return commitIn(text(join(git, name))) ?? commitIn(text(join(common, name))) ?? packed(common, name);
  } catch {
    return undefined;
  }
}

function gitDirectory(directory: string): string | undefined {
  const path = join(directory, ".git");
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return path;
  const pointer = found?.isFile() ? /^gitdir: (.+)$/m.exec(text(path) ?? "")?.[1] : undefined;
  if (pointer !== undefined) return resolve(directory, pointer);
  const parent = dirname(directory);
  return parent === directory ? undefined : gitDirectory(parent);
}

function packed(common: string, name: string): string | undefined {
  const line = text(join(common, "packed-refs"))
    ?.split("\n")
    .find((each) => each.endsWith(` ${name}`));
  return commitIn(line?.split(" ")[0]);
}

function commitIn(found: string | undefined): string | undefined {
  return found !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(found) ? found : undefined;
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
