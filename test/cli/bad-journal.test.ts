import { describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program, SQUARE } from "./attune.ts";

/** A place with a search and its finished journal. */
async function finished(search = SQUARE): Promise<{ place: Place; journal: string }> {
  const place = new Place({ "tune.ts": search });
  await place.attune("run", "tune.ts", "-q", "-e", "inline", "-w", "1");
  return { place, journal: place.read("tune.attune.jsonl") };
}
const WIDER = SQUARE.replace("float(-1, 1)", "float(-2, 0)");

describe.concurrent("a journal that does not fit", () => {
  it("of another space is left alone; --adopt takes over what is valid and lists the rest", async () => {
    const { place, journal } = await finished();
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    const valid = trials.filter(({ params }) => (params["x"] as number) <= 0);
    expect(valid.length).toBeGreaterThan(0);
    expect(valid.length).toBeLessThan(8);
    place.write("tune.ts", WIDER);
    const refused = await place.attune("run", "tune.ts", "-e", "inline");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("The journal holds trials of another search:\n  x: ");
    expect(refused.stderr).toContain(`takes over the ${valid.length} of its 8 complete trials`);
    expect(refused.stderr).toMatch(/`--adopt`[^]*`--fresh`/);
    expect(place.read("tune.attune.jsonl")).toBe(journal);

    const adopted = await place.attune("run", "tune.ts", "-e", "inline", "--adopt");
    expect(adopted.stderr).toContain(`${8 - valid.length} of 8 trials do not fit and are set aside:`);
    for (const { number, params } of trials)
      if ((params["x"] as number) > 0) expect(adopted.stderr).toContain(`trial ${number}: `);
    expect(adopted.stderr).toContain("8 complete in");
    expect(adopted.code).toBe(0);
    expect(place.read("tune.attune.jsonl").startsWith(journal)).toBe(true);
    expect((await place.attune("show", "tune.attune.jsonl")).stdout).toContain(`${8 - valid.length} set aside`);
  });

  it("with a torn last line is repaired and goes on", async () => {
    const { place, journal } = await finished();
    const whole = journal.slice(0, journal.lastIndexOf("\n", journal.length - 2) + 1);
    place.write("tune.attune.jsonl", `${whole}{"type":"trial-fin`);
    expect((await place.attune("show", "tune.attune.jsonl")).stdout).toContain("8 complete");
    const { code, stderr } = await place.attune("run", "tune.ts", "-e", "inline", "--trials", "10");
    expect(stderr).toContain("goes on after 8 trials");
    expect(code).toBe(0);
    expect(place.read("tune.attune.jsonl").startsWith(whole)).toBe(true);
    expect(place.read("tune.attune.jsonl")).not.toContain('"trial-fin\n');
  });

  it("that is something else is refused and left alone", async () => {
    const place = new Place({ "tune.ts": SQUARE, "data.jsonl": '{"hello": 1}\n', "notes.txt": "notes\n" });
    for (const [name, text] of [
      ["data.jsonl", '{"hello": 1}\n'],
      ["notes.txt", "notes\n"],
      ["tune.ts", SQUARE],
    ] as const) {
      const { code, stderr } = await place.attune("run", "tune.ts", "-j", name);
      expect(stderr).toContain(`${name} is not an attune journal: its first line is "`);
      expect(code).toBe(1);
      expect((await place.attune("best", name)).code).toBe(1);
      expect(place.read(name)).toBe(text);
    }
    expect(place.files).toEqual(["data.jsonl", "notes.txt", "tune.ts"]);
  });

  it("cannot be a directory, or under a file, or missing", async () => {
    const place = new Place({ "tune.ts": SQUARE, "folder/file.txt": "" });
    const [folder, under, missing, resumed, shown] = await Promise.all([
      place.attune("run", "tune.ts", "-j", "folder"),
      place.attune("run", "tune.ts", "-j", "folder/file.txt/x.jsonl"),
      place.attune("best", "none.jsonl"),
      place.attune("resume", "none.jsonl"),
      place.attune("show", "folder"),
    ]);
    expect(folder.stderr).toContain(`Cannot open the journal ${place.path("folder")}: `);
    expect(shown.stderr).toContain(`Cannot open the journal ${place.path("folder")}: `);
    expect(under.stderr).toContain(`${place.path("folder/file.txt")} is not a directory`);
    for (const { stderr } of [missing, resumed]) expect(stderr).toContain("Cannot find the journal none.jsonl");
    for (const ran of [folder, under, missing, resumed, shown]) expect(ran.code).toBe(1);
    expect(place.files).toEqual(["folder", "tune.ts"]);
  });

  it("that cannot grow ends the search with what was written still readable", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    const { code, stderr } = await place.shell("ulimit -f 8; $ATTUNE run tune.ts -e inline --trials 500 -q");
    expect(stderr).toMatch(
      /^error: Cannot append to .*tune\.attune\.jsonl: file too large \(EFBIG\); nothing was damaged/,
    );
    expect(stderr).not.toContain("\n    at ");
    expect(code).toBe(1);
    const trials = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(trials.length).toBeGreaterThan(3);
    const resumed = await place.attune("resume", "tune.attune.jsonl", "--trials", "30");
    expect(resumed.stderr).toContain("30 complete in");
    expect(resumed.code).toBe(0);
  });

  it("of a program that has moved says how to go on", async () => {
    const { place } = await finished();
    const text = place.read("tune.ts");
    const moved = new Place({
      "moved.ts": text,
      "kept.jsonl": place.read("tune.attune.jsonl").replace("/tune.ts", "/gone.ts"),
    });
    const { code, stderr } = await moved.attune("resume", "kept.jsonl");
    expect(stderr).toContain("gone.ts, which the journal kept.jsonl came from");
    expect(stderr).toContain("attune run FILE --journal kept.jsonl");
    expect(code).toBe(2);
  });

  it("does not hold back the report when the table cannot be written", async () => {
    const place = new Place({ "tune.ts": program("space: { x: int(0, 9) }, objective: (p) => p.x, trials: 2") });
    const { code, stdout, stderr } = await place.attune("run", "tune.ts", "-e", "inline", "--csv", "tune.ts/t.csv");
    expect(stdout).toMatch(/^Best: trial/);
    expect(stderr).toContain("error: Cannot write tune.ts/t.csv: ");
    expect(code).toBe(1);
  });
});
