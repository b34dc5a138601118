import { expect, it } from "vitest";
import { printable } from "../../src/formats/printable.ts";

it("leaves nothing that steers a terminal", () => {
  expect(printable("a\x1b[2Jb\x07\x0e\x9bc\r\nd\te\rf\x7f é💥")).toBe("a�[2Jb���c\nd\te�f� é💥");
});
