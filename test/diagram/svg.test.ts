import { describe, expect, it } from "vitest";
import type { EntityGraph, Relation } from "../../src/diagram/entity-graph.ts";
import { svgOf } from "../../src/diagram/svg.ts";

const relation = (from: string, to: string, more: Partial<Relation> = {}): Relation => ({
  name: `${from}_${to}_fkey`,
  from,
  columns: [`${to}_id`],
  to,
  references: ["id"],
  optional: false,
  one: false,
  ...more,
});

const graph = (names: readonly string[], relations: readonly Relation[]): EntityGraph => ({
  entities: names.map((name) => ({
    name,
    columns: [
      { name: "id", type: "bigint", nullable: false, keys: ["PK"] },
      ...relations
        .filter(({ from }) => from === name)
        .map(({ to }) => ({ name: `${to}_id`, type: "bigint", nullable: true, keys: ["FK" as const] })),
    ],
  })),
  relations,
});

type Box = { x: number; y: number; width: number; height: number };

/** Where each table was drawn, read from the image. */
function boxesOf(svg: string): Map<string, Box> {
  const tables = svg.matchAll(
    /<g class="table" transform="translate\(([-\d.]+) ([-\d.]+)\)">\n<rect class="body" width="([\d.]+)" height="([\d.]+)"[^>]*>\n.*\n<text class="name"[^>]*>([^<]*)</g,
  );
  return new Map(
    [...tables].map(([, x, y, width, height, name = ""]) => [
      name,
      { x: Number(x), y: Number(y), width: Number(width), height: Number(height) },
    ]),
  );
}

const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Whether every tag is closed by its own, and no text holds what must be escaped. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name = "", , self] of svg.matchAll(/<(\/?)([a-z]+)((?:"[^"]*"|[^">])*?)(\/?)>/gi)) {
    if (closing === "/") expect(open.pop()).toBe(name);
    else if (self !== "/") open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg.replaceAll(/<\/?[a-z](?:"[^"]*"|[^">])*>/gi, "")).not.toMatch(
    /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/,
  );
}

/** A number from 0 to 1, the same in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const schemas = ["", "", "audit.", "billing."];
function large(count: number, seed: number): EntityGraph {
  const random = randomFrom(seed);
  const names = Array.from({ length: count }, (_, at) => `${schemas[at % schemas.length]}table_${at}`);
  const any = (): string => names[Math.floor(random() * count)] ?? "";
  return graph(
    names,
    Array.from({ length: Math.floor(count * 1.3) }, () => relation(any(), any())),
  );
}

describe("an SVG diagram", () => {
  it("draws every table and relation, with what refers to the right of what it refers to", () => {
    const svg = svgOf(
      graph(["users", "tasks", "notes"], [relation("tasks", "users"), relation("notes", "tasks")]),
    );
    assertWellFormed(svg);
    const boxes = boxesOf(svg);
    expect(boxes.size).toBe(3);
    expect(svg.match(/class="relation"/g)).toHaveLength(2);
    const left = (name: string): number => boxes.get(name)?.x ?? Number.NaN;
    expect(left("users")).toBeLessThan(left("tasks"));
    expect(left("tasks")).toBeLessThan(left("notes"));
  });

  it.each([1, 2, 3, 4, 5])("lets no two of a hundred tables overlap, inside the page (%i)", (seed) => {
    const svg = svgOf(large(100, seed));
    assertWellFormed(svg);
    const boxes = [...boxesOf(svg).values()];
    expect(boxes).toHaveLength(100);
    const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
    for (const [at, box] of boxes.entries()) {
      expect(boxes.slice(at + 1).filter((other) => overlaps(box, other))).toEqual([]);
      expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
    expect(svg).not.toContain("NaN");
  });

  it("is the same each time", () => {
    expect(svgOf(large(40, 9))).toBe(svgOf(large(40, 9)));
  });

  it("frames schemas where there are several", () => {
    const svg = svgOf(graph(["users", "audit.log"], [relation("audit.log", "users")]));
    expect([...svg.matchAll(/<g class="group">.*?<text[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual([
      "public",
      "audit",
    ]);
    expect(svgOf(graph(["users"], []))).not.toContain('class="group"');
  });

  it("draws a table that refers to itself, a circle, and no tables at all", () => {
    const svg = svgOf(graph(["a", "b"], [relation("a", "a"), relation("a", "b"), relation("b", "a")]));
    assertWellFormed(svg);
    expect(svg.match(/class="relation"/g)).toHaveLength(3);
    const empty = svgOf({ entities: [], relations: [] });
    assertWellFormed(empty);
    expect(empty).not.toMatch(/NaN|Infinity/);
  });

  it("escapes text, and leaves out what XML cannot hold", () => {
    const svg = svgOf({
      entities: [
        {
          name: `<script>alert("1")</script>`,
          columns: [{ name: "a&b", type: "'\u0000\u0007\u{1f600}'", nullable: false, keys: [] }],
        },
      ],
      relations: [],
    });
    assertWellFormed(svg);
    expect(svg).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(svg).toContain("a&amp;b");
    expect(svg).toContain("&#39;\u{1f600}&#39;");
    expect(svg).not.toContain("<script");
  });

  it("has no script, and is dark where the reader's system is", () => {
    const svg = svgOf(large(10, 1));
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).not.toMatch(/<script|\son\w+=|href=|url\((?!#)/);
  });
});
