import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where objectives may keep what later trials and searches can use again: the environment variable ATTUNE_CACHE, else
 * `attune` in XDG_CACHE_HOME or in the user's directory for caches. It is not made here.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const { ATTUNE_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own) return resolve(own);
  if (platform === "win32") return join(local || join(homedir(), "AppData", "Local"), "attune", "cache");
  if (xdg?.startsWith("/")) return join(xdg, "attune"); // the standard: a relative one is to be ignored
  return platform === "darwin" ? join(homedir(), "Library", "Caches", "attune") : join(homedir(), ".cache", "attune");
}
