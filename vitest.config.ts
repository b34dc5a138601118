import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (to: string): string => fileURLToPath(new URL(to, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^attune$/, replacement: path("src/index.ts") },
      { find: /^attune\/(.+)$/, replacement: `${path("src")}/$1/index.ts` },
    ],
  },
  test: {
    globalSetup: ["test/global-setup.ts"],
    reporters: ["default", "./test/summary.ts"],
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: path("tsconfig.json") },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
  },
});
