import type { ProcessIdentity } from "./event.ts";
import type { Json } from "./json.ts";

/** The machine under a study: who this process is, whether another one still lives, and what to record of it. */
export interface Host {
  readonly identity: ProcessIdentity;
  /** Host, processor, runtime and versions; recorded at every start. */
  readonly environment: Json;
  alive(process: ProcessIdentity): boolean;
}
