// The long form of test/chaos: node scripts/chaos.mjs [--kills 200] [--seed 1]. Needs Linux, and exits with 1 when a
// promise was not kept.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { kills: { type: "string" }, seed: { type: "string" } } });
const kills = Number(values.kills ?? 200);
const seed = Number(values.seed ?? Math.floor(Date.now() / 1000));
if (![kills, seed].every(Number.isSafeInteger) || kills < 1) {
  console.error("usage: npm run chaos -- [--kills 200] [--seed 1]");
  process.exit(2);
}
if (spawnSync(process.execPath, [`${root}/scripts/setup.mjs`], { stdio: ["ignore", 2, 2] }).status !== 0)
  process.exit(1);

const { campaign, cellsOf, HEAD } = await createJiti(import.meta.url).import(`${root}/test/chaos/campaign.ts`);
const line = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : String(cell).padStart(9))).join("");
console.log(`chaos: at least ${kills} kills, --seed ${seed}\n${line(HEAD)}`);
const rows = await campaign(seed, kills, (row) => console.log(line(cellsOf(row))));
const columns = rows.map(cellsOf);
const sums = HEAD.map((_, i) => (i === 0 ? "all" : columns.reduce((sum, cells) => sum + Number(cells[i]), 0)));
console.log(line([...sums.slice(0, -1), sums.at(-1).toFixed(1)]));
const broken = rows.flatMap(({ name, tally }) => tally.violations.map(({ kind, text }) => `${name}: ${kind}: ${text}`));
for (const text of broken) console.error(text);
process.exitCode = broken.length > 0 ? 1 : 0;
