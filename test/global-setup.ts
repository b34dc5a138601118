import { equipment } from "./equipment.ts";

/** Says at the end what was left out; in CI that is a failure at the start. */
export default function setup(): () => void {
  const missing = equipment.filter(({ found }) => !found).map(({ name }) => name);
  if (missing.length > 0 && process.env["CI"]) throw new Error(`Not installed: ${missing.join(", ")}; run .ci/run`);
  return () => {
    if (missing.length > 0)
      console.log(
        `Left out, not installed here: tests with ${missing.join(", ")}. bash .ci/run installs what they need.`,
      );
  };
}
