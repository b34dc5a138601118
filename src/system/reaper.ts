import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { statOf } from "./process-table.ts";

/**
 * What the helper runs. Its stdin tells it a mark, then group leaders that begin and end, `+PID:START` and `-PID:START`,
 * until the pipe closes, which is when the process at its other end is gone; `=` lets it go. Then it kills
 * - those groups, but not one whose leader is a stranger by now, to whom the number was given again: he started at
 *   another time (Linux), or is not an orphan as ours is (others);
 * - on Linux every process with the mark in its environment, until it has found none for a second: one that was being
 *   started while its parent died shows only when it has got its environment, which takes long on a busy machine.
 * `grep` that stops at a NUL (busybox) is fed line by line. A group number cannot be given out again while the group has
 * members, so that a group without its leader is still ours.
 */
export const REAPER = `
trap '' INT TERM HUP QUIT TSTP TTIN TTOU PIPE
IFS= read -r mark || exit 0
all=' '
while IFS= read -r line; do
  case $line in
    +*) all="$all\${line#+} " ;;
    =) exit 0 ;;
    -*) one=\${line#-} ; all="\${all%% $one *} \${all#* $one }" ;;
  esac
done
for one in $all; do
  pid=\${one%%:*}
  if [ "$one" = "$pid:" ]; then
    parent=$(ps -o ppid= -p "$pid" 2>/dev/null) && [ "$((parent))" -ne 1 ] && continue
  elif IFS= read -r stat 2>/dev/null <"/proc/$pid/stat"; then
    set -- \${stat##*) }
    [ "\${20}" = "\${one#*:}" ] || continue
  fi
  kill -9 "-$pid" 2>/dev/null
done
[ -r /proc/self/environ ] || exit 0
printf 'a\\0b\\n' | grep -qF b && whole=1
found() {
  if [ "$whole" ]; then grep -lF "ATTUNE_MARK=$mark" /proc/[0-9]*/environ 2>/dev/null; return; fi
  for file in /proc/[0-9]*/environ; do
    tr '\\0' '\\n' 2>/dev/null <"$file" | grep -qF "ATTUNE_MARK=$mark" && echo "$file"
  done
}
none=0
round=0
while [ $none -lt 25 ] && [ $round -lt 300 ]; do
  none=$((none + 1))
  round=$((round + 1))
  for file in $(found); do
    none=0
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}" 2>/dev/null
  done
  [ $none -lt 25 ] && { sleep 0.04 2>/dev/null || { sleep 1; none=$((none + 12)); }; }
done
`;

let helper: Helper | undefined;

/** Leaders of groups, each with its start where that is known. */
const leaders = new Map<number, string>();

/**
 * From here on a group that this process started dies with it, also of kill −9, and on Linux everything that carries
 * this process's mark. It is a small shell of its own that sees to it, started with the first group. It costs nothing
 * while it waits. Each thread has its own, for what it started. There is none on Windows, nor where there is no /bin/sh.
 */
export function dieWithUs(pid: number, mark: string): void {
  if (process.platform === "win32") return;
  const leader = `${pid}:${statOf(pid)?.start ?? ""}`;
  leaders.set(pid, leader);
  if (lives(helper)) helper.tell(`+${leader}\n`);
  else renew(mark);
}

/**
 * The same for all that carries this process's mark: what its threads start, and its groups before they are known. Linux
 * only.
 */
export function sweepAfterUs(mark: string): void {
  if (process.platform === "linux" && !lives(helper)) renew(mark);
}

/** The group has ended; its number may be given to others. */
export function hasEnded(pid: number): void {
  const leader = leaders.get(pid);
  if (leader === undefined) return;
  leaders.delete(pid);
  helper?.tell(`-${leader}\n`);
}

/** This process ends in order, and everything that it started has been ended: nobody is needed to do that. */
export function letGo(): void {
  helper?.tell("=\n");
}

function renew(mark: string): void {
  try {
    helper = start(mark, [...leaders.values()]);
  } catch {
    helper = undefined; // no process can be started now; the next group asks again
  }
}

function lives(one: Helper | undefined): one is Helper {
  return one !== undefined && one.child.exitCode === null && one.child.signalCode === null;
}

interface Helper {
  readonly child: ChildProcess;
  tell(lines: string): void;
}

/** In a session of its own, so that no signal to our group reaches it; the mark goes by the pipe, lest it find itself. */
function start(mark: string, first: readonly string[]): Helper {
  const child = spawn("/bin/sh", ["-c", REAPER, "attune-reaper"], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
    env: { PATH: `${process.env["PATH"] ?? ""}:/usr/bin:/bin`, LC_ALL: "C" },
  });
  const pipe = child.stdin as Socket | null;
  child.on("error", () => {}).unref();
  pipe?.on("error", () => {}).unref();
  const tell = (lines: string): void => {
    if (pipe?.writable) pipe.write(lines);
  };
  tell(`${mark}\n${first.map((leader) => `+${leader}\n`).join("")}`);
  return { child, tell };
}
