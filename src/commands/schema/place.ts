import type { Plan } from "../../database/plan/plan.ts";

/** Which database is meant, and by what: what is shown to a person before it is changed. */
export type Place = {
  /** The directory of the project. */
  readonly project: string;
  /** `--env`; without it the connection's own variable is read. */
  readonly environment?: string;
  /** The environment variable that holds the URL. */
  readonly variable: string;
  /** The URL without its user and password. */
  readonly database: string;
};

/** A plan, and the database that it was made for. */
export type PlacedPlan = Plan & { readonly place: Place };

/** @example placeInWords(place) // "postgres://db:5432/shop, from DATABASE_URL, for the project /srv/shop" */
export const placeInWords = ({ project, environment, variable, database }: Place): string =>
  `${database}, from ${variable}${environment === undefined ? "" : ` of the environment ${environment}`}, for the project ${project}`;
