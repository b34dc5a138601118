import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { escapeHtml } from "../parts.ts";
import type { ReportData } from "./report-data.ts";

/** Where the script and the style of the page are built, also when this code is not. */
const built = join(dirname(createRequire(import.meta.url).resolve("attune/package.json")), "dist/charts");
/** The script of the page, and the module that draws SVG files. */
export const bundle: string = join(built, "report.js");
const style = join(built, "report.css");

/**
 * A page that holds everything it needs and may load nothing: its one script is allowed by its hash. The data stand in a
 * block that no browser runs.
 */
export function pageOf(data: ReportData): string {
  const script = readFileSync(bundle, "utf8").replaceAll("</script", "<\\/script");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="attune">
<link rel="icon" href="data:,">
<title>${escapeHtml(data.title)}</title>
<style>
${readFileSync(style, "utf8")}</style>
</head>
<body>
<noscript>This report needs JavaScript; it loads nothing from anywhere.</noscript>
<script type="application/json" id="data">${inert(data)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** JSON in which nothing can end the block that it stands in. */
function inert(data: ReportData): string {
  return JSON.stringify(data)
    .replace(/</g, "\\u003c")
    .replace(/\u2028|\u2029/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`);
}
