export { plural, table } from "../formats/text-table.ts";
