/** A name as a YAML value: in quotes where YAML would read it as something else than that text. */
export const yamlName = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(?:null|true|false)$/i.test(name) ? name : JSON.stringify(name);
