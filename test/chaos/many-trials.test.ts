import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { bundle, start } from "../journals/processes.ts";

const LOOKS = [20_000, 60_000, 100_000];
/** Bytes that a finished trial may hold: its row, its values, its place in the indices. About 650 were measured. */
const PER_TRIAL = 1_000;

let directory = "";
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("100,000 trials with a journal hold no more memory than their rows", async () => {
  let program: string;
  ({ directory, program } = await bundle("memory-driver"));
  const args = ["--expose-gc", program, join(directory, "j.jsonl"), ...LOOKS.map(String)];
  const searched = start(process.execPath, args);
  await searched.ended;
  const looks = searched.lines.map((line) => line.split(" ").map(Number));
  expect(looks.map(([trials]) => trials)).toEqual(LOOKS);
  const [first, middle, last] = looks.map(([, bytes]) => bytes!) as [number, number, number];
  expect((last - first) / 80_000).toBeLessThan(PER_TRIAL);
  // what it holds grows by the trial, and no faster with more of them; tables that double make it uneven
  expect(last - middle).toBeLessThan(2 * (middle - first));
});
