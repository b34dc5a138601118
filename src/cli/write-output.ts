import { AttuneError, messageOf } from "../core/errors.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";

/** Writes a file that the user asked for, whole or not at all. */
export async function writeOutput(path: string, text: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(path, text);
  } catch (error) {
    throw new AttuneError("journal", `Cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}
