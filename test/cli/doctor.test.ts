import { describe, expect, it } from "vitest";
import { Place, program, said } from "./attune.ts";

const tune = program("space: { x: int(1, 99) }, trials: 12, seed: 1, objective: (p: { x: number }) => p.x");
const JOURNAL = "tune.attune.jsonl";

describe.concurrent("attune doctor", () => {
  it("calls a sound journal sound, and changes nothing", async () => {
    const place = new Place({ "tune.ts": tune });
    await place.attune("run", "tune.ts", "-e", "inline");
    const before = place.read(JOURNAL);
    const { code, stdout } = await place.attune("doctor", JOURNAL, "--repair");
    expect(stdout).toMatch(/^sound: \d+ events, 12 trials, 12 finished/m);
    expect(code).toBe(0);
    expect(place.read(JOURNAL)).toBe(before);
  });

  it("explains damage, mends it, and keeps what was there", async () => {
    const place = new Place({ "tune.ts": tune });
    await place.attune("run", "tune.ts", "-e", "inline");
    const lines = place.read(JOURNAL).split("\n");
    const at = lines.findIndex((line) => line.includes('"trial-finished"'));
    place.write(JOURNAL, [...lines.slice(0, at), "#".repeat(20), ...lines.slice(at + 1)].join("\n") + '{"type":"tri');
    expect((await place.attune("show", JOURNAL)).stderr).toContain(`Line ${at + 1}`);
    const looked = await place.attune("doctor", JOURNAL);
    expect(looked.code).toBe(1);
    expect(looked.stdout).toMatch(new RegExp(`line ${at + 1}, damage: cannot be read`));
    expect(looked.stdout).toContain("the end was torn off");
    expect(looked.stdout).toContain(`attune doctor ${JOURNAL} --repair mends it and keeps a copy`);
    const mended = await place.attune("doctor", JOURNAL, "--repair");
    expect(mended.stdout).toContain(`as it was it is kept as ${JOURNAL}.1`);
    expect(place.read(`${JOURNAL}.1`)).toContain("####");
    const resumed = await place.attune("resume", JOURNAL);
    expect(resumed.code).toBe(0);
    expect((await place.attune("show", JOURNAL, "--json")).stdout.match(/"state":"complete"/g)).toHaveLength(12);
  });

  it("mends nothing while a search works on it", async () => {
    const slow = program(
      `space: { x: int(1, 99) }, trials: 2, objective: async () => { console.log("begun"); await new Promise((wake) => setTimeout(wake, 60_000)); return 1; }`,
    );
    const place = new Place({ "tune.ts": slow });
    const running = place.startSession("run", "tune.ts", "-e", "inline");
    await said(running, "begun");
    // a copy, as the search would end when it reads the damage
    place.write("copy.jsonl", `${place.read(JOURNAL).replace(/[^\n]*$/, "")}garbage\n`);
    const refused = await place.attune("doctor", "copy.jsonl", "--repair");
    const reason = `works on it (process ${running.child.pid})`;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
    running.child.kill("SIGKILL");
    await running.ended;
    expect((await place.attune("doctor", "copy.jsonl", "--repair")).code).toBe(0);
  });

  it("says that another file is no journal", async () => {
    const place = new Place({ "a.txt": "hello\n" });
    expect(await place.attune("doctor", "a.txt")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("a.txt is not an attune journal"),
    });
  });
});
