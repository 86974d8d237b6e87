/** A text in one line: a name of a database may hold a line that the log of a CI would take for a command. */
export const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ");
