import { AttuneError } from "../core/errors.ts";

/** One CSV record (RFC 4180), without its line end; fields are quoted where they must be. */
export function csvRecord(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

/** Reads CSV text (RFC 4180; LF or CRLF; a byte order mark is skipped) into records of fields. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const endRecord = (): void => {
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  };
  while (at < text.length) {
    if (text[at] === '"') {
      let field = "";
      for (at++; ; at++) {
        const close = text.indexOf('"', at);
        if (close < 0)
          throw new AttuneError("usage", `The CSV has a quote that never closes, in record ${records.length + 1}`);
        field += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
      record.push(field);
    } else {
      let end = at;
      while (end < text.length && text[end] !== "," && text[end] !== "\n" && text[end] !== "\r") end++;
      record.push(text.slice(at, end));
      at = end;
    }
    if (text[at] === ",") {
      at++;
      if (at === text.length) record.push("");
      continue;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    endRecord();
  }
  if (record.length > 0) endRecord();
  return records;
}
