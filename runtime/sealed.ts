/**
 * Freezes classes of the Bridge that hold what is secret: who comes by an instance, in whatever way, puts no code of its
 * own in their place.
 */
export function sealed(...classes: readonly { readonly prototype: object }[]): void {
  for (const one of classes) {
    Object.freeze(one);
    Object.freeze(one.prototype);
  }
}
