/** Whether this is `npm run test:long`, in which what is tried in part for each commit is tried whole. */
export const isLongRun = process.env.LONG_RUN === "true";
