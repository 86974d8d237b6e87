/**
 * The addresses of modules of logic that the Bridge is about to import, each for one import. Whatever else asks in its
 * name is code that was made by `eval` while a function of the Bridge ran.
 */
export const expectedImports = new Set<string>();
