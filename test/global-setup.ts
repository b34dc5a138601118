import { type Equipment, equipment } from "./equipment.ts";

/** Says at the end what was left out; of what `.ci/run` installs, that is a failure in CI, at the start. */
export default function setup(): () => void {
  const missing = equipment.filter(({ found }) => !found);
  const list = (of: readonly Equipment[]): string => of.map(({ name }) => name).join(", ");
  const installed = missing.filter(({ path }) => path !== undefined);
  if (installed.length > 0 && process.env["CI"]) throw new Error(`Not installed: ${list(installed)}; run .ci/run`);
  return () => {
    if (missing.length > 0) console.log(`Left out, not found here: tests with ${list(missing)}.`);
    if (installed.length > 0) console.log(`bash .ci/run installs ${list(installed)}.`);
  };
}
