import { describe, expect, it } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import { Place } from "../cli/attune.ts";
import { disk } from "../equipment.ts";

const TRIALS = 900;
const SEARCH = `import { appendFileSync } from "node:fs";
import { defineSearch, float } from "attune";
export default defineSearch({
  space: { x: float(0, 1) }, trials: ${TRIALS}, seed: 1, sampler: "random",
  objective: ({ x }, trial) => {
    appendFileSync(new URL("truth.txt", import.meta.url), \`\${trial.number} \${x}\\n\`);
    return x;
  },
});
`;

/** In a mount namespace of its own, which takes the disk with it when the script ends, however that is. */
const SCRIPT = `
mkdir disk && mount -t tmpfs -o size=256k tmpfs disk
$ATTUNE run tune.ts -q -w 1 -e "$1" --journal disk/j.jsonl; echo "code $?"
cp disk/j.jsonl full.jsonl; cp truth.txt full.txt
$ATTUNE resume disk/j.jsonl -q > /dev/null; echo "code $?"
mount -o remount,size=8m disk
$ATTUNE resume disk/j.jsonl -q > /dev/null; echo "code $?"
cp disk/j.jsonl end.jsonl
`;

/** The values of complete trials, by number. */
function finished(journal: string): Map<number, number> {
  const values = new Map<number, number>();
  for (const line of journal.trimEnd().split("\n")) {
    const event = JSON.parse(line) as StudyEvent;
    if (event.type === "trial-finished" && event.outcome.state === "complete")
      values.set(event.number, event.outcome.values["value"]!.value);
  }
  return values;
}

describe.runIf(disk.found).concurrent("a full disk", () => {
  it.each(["inline", "processes"])("ends the search with an error, damages nothing, and resumes (%s)", async (name) => {
    const place = new Place({ "tune.ts": SEARCH, "script.sh": SCRIPT });
    const { stdout, stderr } = await place.shell(`unshare --user --map-root-user --mount bash script.sh ${name}`);
    expect(stdout.split("\n").filter((line) => line.startsWith("code"))).toEqual(["code 1", "code 1", "code 0"]);
    expect(stderr.trim().split("\n")).toEqual(
      [1, 2].map(
        () =>
          `error: Cannot append to ${place.path("disk/j.jsonl")}: no space left on device (ENOSPC); nothing was damaged, what was there before is kept`,
      ),
    );
    const [full, end] = [place.read("full.jsonl"), place.read("end.jsonl")];
    expect(full.endsWith("\n")).toBe(true);
    expect(end.startsWith(full)).toBe(true);
    // with one worker, whatever was computed before the last trial was acknowledged
    const computed = place
      .read("full.txt")
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    const [then, now] = [finished(full), finished(end)];
    expect(computed.length).toBeGreaterThan(100);
    for (const [number, value] of computed.slice(0, -1)) expect(then.get(number!)).toBe(value);
    for (const [number, value] of then) expect(now.get(number)).toBe(value);
    expect(now.size).toBe(TRIALS);
  });
});
