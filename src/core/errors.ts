export * from "../space/errors.ts";
