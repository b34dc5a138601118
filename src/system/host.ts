import { readFileSync, readlinkSync } from "node:fs";
import { availableParallelism, cpus, hostname, totalmem } from "node:os";
import type { ProcessIdentity } from "../core/event.ts";
import type { Host } from "../core/host.ts";
import type { Json } from "../core/json.ts";
import { gitCommit } from "./git-commit.ts";

/** The inode of Linux's first process-number space (include/linux/proc_ns.h: PROC_PID_INIT_INO). */
const FIRST_PID_SPACE = "pid:[4026531836]";

let host: Host | undefined;

/**
 * This machine and this process. Its `environment` holds `hostname platform arch cpu cores memory` (bytes) `node attune`
 * and, where the working directory lies in a git repository, `commit`.
 */
export function thisHost(): Host {
  return (host ??= { identity: identify(), environment: describe(), alive });
}

/** The version of attune, from its package.json. */
export function attuneVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version?: unknown;
    };
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}

/** Names another process of this host, as long as it lives. */
export function identityOf(pid: number): ProcessIdentity {
  return { host: scope(), pid, start: startOf(pid)?.start ?? "" };
}

function identify(): ProcessIdentity {
  return { host: scope(), pid: process.pid, start: startOf(process.pid)?.start ?? startHere() };
}

/** Where a process number means something: the host, and the container when it has process numbers of its own. */
function scope(): string {
  const space = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return space === undefined || space === FIRST_PID_SPACE ? hostname() : `${hostname()} ${space}`;
}

function startHere(): string {
  return new Date(Math.round(Date.now() - process.uptime() * 1000)).toISOString();
}

/** The start of a process on Linux, in ticks since the boot with this id (proc(5): fields 3 and 22 of stat). */
function startOf(pid: number): { start: string; state: string } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
  if (stat === undefined || boot === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { start: `${fields[19]} ${boot.trim()}`, state: fields[0]! };
}

/** Whether the process still runs; one of another host is taken to, since that cannot be known here. */
function alive(other: ProcessIdentity): boolean {
  if (other.host !== thisHost().identity.host) return true;
  if (!Number.isInteger(other.pid) || other.pid <= 0) return false;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const found = startOf(other.pid);
  return found === undefined || (found.start === other.start && found.state !== "Z" && found.state !== "X");
}

function describe(): Json {
  const commit = gitCommit(process.cwd());
  return {
    hostname: hostname(),
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.versions.node,
    attune: attuneVersion(),
    ...(commit === undefined ? {} : { commit }),
  };
}

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
