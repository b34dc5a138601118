import module from "node:module";
import { join } from "node:path";
import { cacheDirectory } from "./cache-directory.ts";
import { makeDirectory } from "./directory.ts";

/**
 * Keeps what Node compiles from now on, and TypeScript that it strips, for later starts: in the cache directory. Does nothing on a Node before 22.1, which cannot, and where there is no place to write.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as { enableCompileCache?: (directory: string) => unknown }; // not in Node 20's types
  if (!enableCompileCache || process.env["NODE_V8_COVERAGE"]) return; // cached functions are counted less precisely
  try {
    const directory = join(cacheDirectory(), "compiled");
    makeDirectory(directory);
    enableCompileCache(directory);
  } catch {
    // the next start takes as long as this one
  }
}
