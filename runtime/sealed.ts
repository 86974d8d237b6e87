/**
 * Freezes a class of the Bridge that holds what is secret: who comes by an instance, in whatever way, puts no code of its
 * own in its place.
 */
export function sealed(one: { readonly prototype: object }): void {
  Object.freeze(one);
  Object.freeze(one.prototype);
}
