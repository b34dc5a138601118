import { describe, expect, it } from "vitest";
import { assign, unassign } from "../../src/formats/assignments.ts";
import { settingsOf } from "../../src/formats/settings.ts";

const settings = settingsOf({ level: 9, mode: "fast", schedule: { kind: "static", chunk: 8 } });

describe("values in a text that assigns them", () => {
  it.each([
    [
      "tune.json",
      '{\n  "level": 3,\n  "mode": "slow",\n  "schedule": {\n    "kind": "x",\n    "chunk": 1\n  }\n}',
      '{\n  "level": 9,\n  "mode": "fast",\n  "schedule": {\n    "kind": "static",\n    "chunk": 8\n  }\n}',
    ],
    [
      ".env",
      "export LEVEL=3\nMODE='slow'\nSCHEDULE_KIND=x\nSCHEDULE_CHUNK=1 # old",
      "export LEVEL=9\nMODE='fast'\nSCHEDULE_KIND=static\nSCHEDULE_CHUNK=8 # old",
    ],
    [
      "a.yaml",
      "level: 3  # was 2\nmode: slow\nschedule:\n  kind: x\n  chunk: 1",
      "level: 9  # was 2\nmode: fast\nschedule:\n  kind: static\n  chunk: 8",
    ],
    [
      "a.toml",
      'level = 3\nmode = "slow"\n[schedule]\nkind = "x"\nchunk = 1',
      'level = 9\nmode = "fast"\n[schedule]\nkind = "static"\nchunk = 8',
    ],
    [
      "a.h",
      '#define LEVEL 3 // best\n#define MODE "slow"\n#define SCHEDULE_KIND "x"\n# define SCHEDULE_CHUNK 1',
      '#define LEVEL 9 // best\n#define MODE "fast"\n#define SCHEDULE_KIND "static"\n# define SCHEDULE_CHUNK 8',
    ],
    [
      "a.ts",
      "const level: number = 3;\nexport const mode = slow;\nconst s = { 'schedule.kind': 'x', \"schedule.chunk\": 1 };",
      "const level: number = 9;\nexport const mode = \"fast\";\nconst s = { 'schedule.kind': 'static', \"schedule.chunk\": 8 };",
    ],
  ])("are replaced, and only they: %s", (file, before, after) => {
    const result = assign(before, settings, file);
    expect(result.text).toBe(after);
    expect(result.missing).toEqual([]);
    expect(result.replaced.map(({ name }) => name)).toEqual(["level", "mode", "schedule.kind", "schedule.chunk"]);
    expect(unassign(after, result.replaced)).toEqual({ text: before, changed: [] });
  });

  it("are not found in longer names, comparisons or comments", () => {
    const text = "sublevel = 1\nlevel2 = 1\nif (level == 3) {}\n# level = 4\n";
    expect(assign(text, settings.slice(0, 1))).toEqual({ text, replaced: [], missing: ["level"] });
  });

  it("are quoted where they would not be one word", () => {
    expect(assign("mode = slow", [{ path: ["mode"], value: "a b" }]).text).toBe('mode = "a b"');
    expect(assign("mode = 'slow'", [{ path: ["mode"], value: "it's" }]).text).toBe("mode = 'it\\'s'");
  });

  it("that were changed since are not put back", () => {
    const { text, replaced } = assign("level = 3\nmode = slow", settings.slice(0, 2));
    expect(unassign(text.replace("9", "7"), replaced)).toEqual({ text: "level = 7\nmode = slow", changed: ["level"] });
  });
});
