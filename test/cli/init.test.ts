import { describe, expect, it } from "vitest";
import { Place } from "./attune.ts";

describe.concurrent("attune init", () => {
  it("writes an example that runs as it is, where nothing is installed", async () => {
    const place = new Place();
    const wrote = await place.attune("init");
    expect(wrote).toMatchObject({ code: 0, stderr: "" });
    expect(wrote.stdout).toContain("attune run tune.ts");
    expect(place.files).toEqual(["tune.ts"]);
    const { code, stdout } = await place.attune("run", "tune.ts", "--trials", "6", "-q");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Best: trial \d+/);
    expect(stdout).toContain("baseline");
    expect(place.files).toEqual(["tune.attune.csv", "tune.attune.jsonl", "tune.ts"]);
  });

  it("never overwrites", async () => {
    const place = new Place({ "mine.ts": "// mine\n" });
    const { code, stderr } = await place.attune("init", "mine.ts");
    expect(code).toBe(2);
    expect(stderr).toContain("mine.ts exists already: nothing was written");
    expect(place.read("mine.ts")).toBe("// mine\n");
  });

  it("says why it cannot write", async () => {
    const place = new Place();
    const { code, stderr } = await place.attune("init", "no/such/place.ts");
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot write no/such/place.ts");
    expect((await place.attune("init", "tune.py")).stderr).toContain(
      'to end in .ts, as the example is TypeScript, got "tune.py"',
    );
  });
});
