const light =
  "--page:#fff;--body:#fff;--head:#eef2f7;--edge:#c3ccd8;--text:#1b2430;--faint:#66758a;--line:#8292a8;--key:#0b62b8";
const dark =
  "--page:#0f141b;--body:#161d27;--head:#222c3a;--edge:#37455a;--text:#e6ebf2;--faint:#93a1b5;--line:#6d7f99;--key:#6fb3ff";

/** The look of a diagram, light or dark as the reader's system is. */
export const style = [
  `:root{${light};color-scheme:light dark}`,
  `@media (prefers-color-scheme:dark){:root{${dark}}}`,
  "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace;fill:var(--text)}",
  ".page{fill:var(--page)}",
  ".table .body{fill:var(--body);stroke:var(--edge)}",
  ".table .head{fill:var(--head);stroke:var(--edge)}",
  ".table .name{font-weight:600}",
  ".table .type{fill:var(--faint);text-anchor:end}",
  ".table .key{fill:var(--key);font-size:9px;font-weight:600}",
  ".group rect{fill:none;stroke:var(--edge);stroke-dasharray:4 4}",
  ".group text{fill:var(--faint);font-size:14px}",
  ".relation{fill:none;stroke:var(--line);stroke-width:1.3}",
  ".relation:hover{stroke:var(--key);stroke-width:2.5}",
  "marker path,marker circle{fill:var(--page);stroke:var(--line);stroke-width:1.3}",
].join("\n");

/** Drawn towards the table, which is at the right edge of each: crow's foot for many, a bar for one, a ring for none. */
const marker = (id: string, marks: string): string =>
  `<marker id="${id}" viewBox="0 0 18 14" refX="18" refY="7" markerWidth="18" markerHeight="14" markerUnits="userSpaceOnUse" orient="auto-start-reverse">${marks}</marker>`;

const ring = (x: number): string => `<circle cx="${x}" cy="7" r="3"/>`;
const bar = (x: number): string => `<path d="M${x} 2V12"/>`;

/** The ends of relations. */
export const markers = [
  marker("many", `${ring(5)}<path d="M18 1L8 7L18 13M8 7H18"/>`),
  marker("zero-or-one", `${ring(7)}${bar(13)}`),
  marker("one", `${bar(9)}${bar(13)}`),
].join("");
