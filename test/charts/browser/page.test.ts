import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Place } from "../../cli/attune.ts";
import { browser as equipment } from "../../equipment.ts";
import { HOSTILE, study, wideStudy } from "../studies.ts";

const LIMIT = 120_000;
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 800 } } as const;
/** Where the pictures go when somebody wants to look at them. */
const pictures = process.env["ATTUNE_SCREENSHOTS"] ?? mkdtempSync(join(tmpdir(), "attune-pictures-"));

/** A page that is open, with what it complained about and what it asked for. */
interface Open {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

describe.runIf(equipment.found)("a report in a browser", () => {
  let browser: Browser;
  const profile = mkdtempSync(join(tmpdir(), "attune-profile-"));
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--crash-dumps-dir=${profile}`];
    browser = await chromium.launch({ executablePath: equipment.path, headless: true, args });
  }, LIMIT);
  afterAll(async () => {
    await browser?.close();
    rmSync(profile, { recursive: true, force: true });
    if (process.env["ATTUNE_SCREENSHOTS"] === undefined) rmSync(pictures, { recursive: true, force: true });
  });

  const files = new Map<string, Promise<string>>();
  /** The page of a study, written once. */
  const reportOf = (name: string, journal: () => Promise<string>): Promise<string> => {
    const known = files.get(name) ?? written(journal);
    files.set(name, known);
    return known;
  };
  const written = async (journal: () => Promise<string>): Promise<string> => {
    const place = new Place();
    const { code, stderr } = await place.attune("report", await journal(), "-o", "report.html");
    expect([code, stderr]).toEqual([0, ""]);
    return place.path("report.html");
  };

  async function open(file: string, scheme: "light" | "dark", size: keyof typeof sizes): Promise<Open> {
    const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme });
    const page = await context.newPage();
    const opened: Open = { page, complaints: [], requests: [] };
    page.on("console", (message) => opened.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => opened.complaints.push(String(error)));
    page.on("request", (request) => opened.requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction(() => performance.getEntriesByName("attune-drawn").length > 0);
    return opened;
  }

  /** Scrolls to each chart, so that it is drawn. */
  async function drawAll(page: Page): Promise<void> {
    for (const plot of await page.$$(".plot")) {
      await plot.scrollIntoViewIfNeeded();
      await plot.waitForSelector("canvas");
    }
    await page.evaluate(() => scrollTo(0, 0));
  }

  const journals = {
    "one-100": () => study("one", 100),
    "two-20000": () => study("two", 20_000),
  } as const;
  const cases = Object.keys(journals).flatMap((name) =>
    (["light", "dark"] as const).flatMap((scheme) =>
      (["wide", "narrow"] as const).map((size) => ({ name: name as keyof typeof journals, scheme, size })),
    ),
  );

  it.each(cases)(
    "shows $name, $scheme and $size",
    async ({ name, scheme, size }) => {
      const { page, complaints, requests } = await open(await reportOf(name, journals[name]), scheme, size);
      await drawAll(page);
      const path = join(pictures, `${name}-${scheme}-${size}.png`);
      await page.screenshot({ path, fullPage: true });
      expect(readFileSync(path).length).toBeGreaterThan(50_000);

      const own = name === "one-100" ? ["best", "curves"] : ["front", "hypervolume"];
      const all = [
        "history",
        "importance",
        "top",
        "parallel",
        "slices",
        "contour",
        "failure-kinds",
        "failures",
        "timeline",
      ];
      const shown = await page.$$eval("section", (sections) => sections.map(({ id }) => id));
      expect([...shown].sort()).toEqual([...own, ...all].sort());
      for (const [id, contrast] of await page.evaluate(inks)) expect(contrast, `${id} is blank`).toBeGreaterThan(300);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        "overflow",
      ).toBeLessThanOrEqual(0);
      for (const [what, ratio] of await page.evaluate(contrasts)) expect(ratio, what).toBeGreaterThanOrEqual(4.5);
      const [paper] = await page.evaluate(() =>
        getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number),
      );
      expect(paper! > 128).toBe(scheme === "light");

      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:")).map((url) => basename(url))).toEqual(["report.html"]);
      await page.context().close();
    },
    LIMIT,
  );

  it(
    "shows names and messages as text, never as HTML",
    async () => {
      const { page, complaints } = await open(await reportOf("one-100", journals["one-100"]), "light", "wide");
      await drawAll(page);
      expect(await page.title()).toBe("one-100.attune.jsonl");
      expect(await page.$$("img, section i, td b, main script")).toEqual([]);
      expect(await page.textContent("#failure-kinds pre")).toContain(HOSTILE);
      expect(await page.textContent("#best tbody")).toContain("mode <b>");
      // a tooltip is the one place where a chart makes HTML
      const canvas = (await page.$("#importance canvas"))!;
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      let told = "";
      for (let y = box.y + 12; y < box.y + box.height - 40; y += 6) {
        await page.mouse.move(box.x + Math.min(180, box.width * 0.36) + 3, y);
        told += (await page.textContent("#importance .plot")) ?? "";
      }
      expect(told).toContain("mode <b>");
      expect(await page.$$("#importance .plot b")).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    LIMIT,
  );

  it(
    "tells of each of 20,000 points which trial it is",
    async () => {
      const { page, complaints } = await open(await reportOf("two-20000", journals["two-20000"]), "light", "wide");
      await drawAll(page);
      const box = (await (await page.$("#front canvas"))!.boundingBox())!;
      let told = "";
      for (let x = 0.3; x < 0.7 && told === ""; x += 0.01) {
        await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.5);
        told = (await page.textContent("#front .plot"))!;
      }
      expect(told).toMatch(/^trial \d+.*ms [\d.]+quality [\d.]+.*level = \d/);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    LIMIT,
  );

  it(
    "answers to choices, sorting, another width and another theme",
    async () => {
      const { page, complaints } = await open(await reportOf("two-100", () => study("two", 100)), "light", "wide");
      await drawAll(page);
      const picture = (id: string): Promise<string> =>
        page.$eval(`#${id} canvas`, (canvas) => (canvas as HTMLCanvasElement).toDataURL());
      for (const [id, label] of [
        ["history", "Objective"],
        ["front", "Show"],
        ["importance", "Objective"],
        ["parallel", "Objective"],
        ["contour", "Up"],
        ["failures", "Parameter"],
      ] as const) {
        const before = await picture(id);
        const select = page.locator(`#${id} label:has-text("${label}") select`);
        const other = await select.evaluate((own) => {
          const { options, value } = own as HTMLSelectElement;
          return Array.from(options, (option) => option.value)
            .filter((each) => each !== value)
            .at(-1)!;
        });
        await select.selectOption(other);
        expect(await picture(id), id).not.toBe(before);
      }
      const column = (): Promise<number[]> =>
        page.$$eval("#top tbody td:first-child", (cells) => cells.map((cell) => parseInt(cell.textContent, 10)));
      await page.click("#top th:first-child button");
      const up = await column();
      expect(up).toEqual([...up].sort((a, b) => a - b));
      await page.click("#top th:first-child button");
      expect(await column()).toEqual(up.toReversed());

      const before = await picture("history");
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction(
        (old) => (document.querySelector("#history canvas") as HTMLCanvasElement).toDataURL() !== old,
        before,
      );
      await page.setViewportSize(sizes.narrow);
      await page.waitForFunction(() => document.querySelector("#history canvas")!.clientWidth < 390);
      await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    LIMIT,
  );

  it.each([
    { name: "one trial", journal: () => study("two", 1), ids: ["history", "front", "top", "timeline"] },
    { name: "three objectives", journal: () => study("three", 60), ids: ["front", "hypervolume", "importance"] },
    {
      name: "no trial that succeeded",
      journal: () => study("failing", 12),
      ids: ["failure-kinds", "failures", "timeline"],
    },
    { name: "60 parameters", journal: () => wideStudy(60, 80), ids: ["importance", "parallel", "slices", "contour"] },
  ])(
    "bears $name",
    async ({ name, journal, ids }) => {
      const file = await reportOf(name, journal);
      for (const size of ["wide", "narrow"] as const) {
        const { page, complaints } = await open(file, "dark", size);
        await drawAll(page);
        await page.screenshot({ path: join(pictures, `${name.replaceAll(" ", "-")}-${size}.png`), fullPage: true });
        const shown = await page.$$eval("section", (sections) => sections.map(({ id }) => id));
        expect(shown).toEqual(expect.arrayContaining(ids));
        for (const [id, contrast] of await page.evaluate(inks)) expect(contrast, `${id} is blank`).toBeGreaterThan(60);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        await page.context().close();
      }
    },
    LIMIT,
  );
});

/** How many pixels of each chart are drawn on. */
function inks(): [string, number][] {
  return Array.from(document.querySelectorAll<HTMLCanvasElement>(".plot canvas"), (canvas) => {
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at]! > 40) drawn++;
    return [canvas.closest("section")!.id, drawn];
  });
}

/** The least contrast of each kind of text with what it stands on (WCAG 2.2, 1.4.3). */
function contrasts(): [string, number][] {
  const rgb = (color: string): number[] => color.match(/[\d.]+/g)!.map(Number);
  const light = (color: string): number => {
    const [r, g, b] = rgb(color)
      .slice(0, 3)
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const ground = (element: Element | null): string => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((rgb(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const kinds = [
    "h1",
    "h2",
    "h3",
    ".title",
    ".found",
    ".note",
    "dt",
    "dd",
    "td",
    "th button",
    "label",
    "select",
    "pre",
    "footer",
  ];
  return kinds.flatMap((kind) => {
    const element = document.querySelector(kind);
    if (element === null) return [];
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))];
    return [[kind, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)] as [string, number]];
  });
}
