import type { Shadow } from "./shadow.ts";

/** A shadow for others to use, which its owner alone closes. */
export const lentShadow = (shadow: Shadow): Shadow => ({ ...shadow, close: async () => {} });
