import type { Entity, EntityColumn, EntityGraph, Relation } from "./entity-graph.ts";

/**
 * A graph as a Mermaid entity relationship diagram.
 *
 * @see https://mermaid.js.org/syntax/entityRelationshipDiagram.html
 */
export const mermaidOf = ({ entities, relations }: EntityGraph): string =>
  ["erDiagram", ...entities.flatMap(entityLines), ...relations.map(relationLine)].join("\n");

const entityLines = ({ name, columns }: Entity): string[] =>
  columns.length === 0
    ? [`  ${quoted(name)}`]
    : [`  ${quoted(name)} {`, ...columns.map((column) => `    ${columnLine(column)}`), "  }"];

function columnLine({ name, type, nullable, keys }: EntityColumn): string {
  const [typeWord, nameWord] = [word(type), word(name)];
  const notes = [
    ...(typeWord === type ? [] : [type]),
    ...(nameWord === name ? [] : [name]),
    ...(nullable ? ["null"] : []),
  ];
  return [
    typeWord,
    nameWord,
    ...(keys.length === 0 ? [] : [keys.join(", ")]),
    ...(notes.length === 0 ? [] : [quoted(notes.join(", "))]),
  ].join(" ");
}

/** What Mermaid takes for a type or a name: it would read a bare key mark as such. */
function word(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_[\]()-]+/g, "_").replace(/^(?![A-Za-z_])/, "_");
  return /^(?:PK|FK|UK)$/i.test(plain) ? `${plain}_` : plain;
}

const relationLine = ({ from, to, columns, optional, one }: Relation): string =>
  `  ${quoted(to)} ${optional ? "|o" : "||"}--${one ? "o|" : "o{"} ${quoted(from)} : ${quoted(columns.join(", "))}`;

const quoted = (text: string): string =>
  `"${text
    .replaceAll('"', "'")
    .replaceAll(/%+/g, "%")
    .replaceAll(/[\r\n]+/g, " ")}"`;
