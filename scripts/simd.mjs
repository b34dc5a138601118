// Compiles src/math/simd/*.wat, each into a module beside it that holds the bytes as text: `npm run simd`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import initialise from "wabt";

const folder = fileURLToPath(new URL("../src/math/simd/", import.meta.url));
const wabt = await initialise();

for (const file of readdirSync(folder).filter((name) => name.endsWith(".wat"))) {
  const parsed = wabt.parseWat(file, readFileSync(folder + file, "utf8"), { simd: true });
  const bytes = Buffer.from(parsed.toBinary({}).buffer).toString("base64");
  parsed.destroy();
  const lines = bytes.match(/.{1,110}/g).map((line) => `  "${line}"`);
  const module = file.replace(".wat", "-bytes.ts");
  writeFileSync(
    folder + module,
    `/** ${file}, compiled by \`npm run simd\`; in base 64. */\nexport const bytes =\n${lines.join(" +\n")};\n`,
  );
}
