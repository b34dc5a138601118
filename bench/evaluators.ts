import { PARTS, type PartName } from "./evaluators/parts.ts";
import { missing } from "./evaluators/ours.ts";
import { givenJob, giveResult } from "./support/child.ts";
import { printMachine } from "./support/machine.ts";
import { findNpmPeers, npmVersions } from "./support/npm.ts";
import { findPython } from "./support/python.ts";

const job = givenJob<{ readonly part: PartName }>();
const [, , , wanted] = process.argv;
const names = Object.keys(PARTS) as PartName[];
if (job !== undefined) giveResult(await PARTS[job.part].run(job as never));
else if (wanted !== undefined && !names.includes(wanted as PartName)) {
  console.error(`usage: npm run bench -- evaluators [PART]\n${names.join("\n")}`);
  process.exitCode = 2;
} else {
  const npm = findNpmPeers();
  const [optuna, deephyper] = [findPython("optuna"), findPython("deephyper")];
  const packages = [...(optuna === undefined ? [] : ["optuna"]), ...(deephyper === undefined ? [] : ["deephyper"])];
  printMachine("evaluators", optuna ?? deephyper, packages, npmVersions(npm));
  for (const name of missing) console.log(`attune exports no \`${name}\` yet: its rows are left out.\n`);
  const peers = { npm, optuna, deephyper };
  for (const name of names.filter((each) => wanted === undefined || each === wanted)) {
    const began = performance.now();
    await PARTS[name].compare(peers);
    console.error(`bench: ${name} took ${Math.round((performance.now() - began) / 1000)} s`);
  }
}
