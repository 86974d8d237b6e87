/*
 * Dates and times as RFC 3339 writes them, checked here so that Postgres never meets one that it refuses, nor one
 * that it reads in its own way (a zone that `timestamp` drops, a day and month that `DateStyle` swaps).
 */

const dateForm = /^(\d{4,6})-(\d\d)-(\d\d)$/;
const timeForm = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?$/;
const zoneForm = /(?:Z|z|[+-](\d\d)(?::?(\d\d))?)$/;
const lastYear = 294_275;

/** Whether a text is a day of the calendar (ISO 8601), or `infinity`. */
export const isDate = (text: string): boolean => isInfinity(text) || isDay(text);

/** Whether a text is a day and a time without a zone. */
export const isTimestamp = (text: string): boolean => isInfinity(text) || isMoment(text);

/** Whether a text is a day, a time and a zone (RFC 3339, `date-time`). */
export const isTimestampWithZone = (text: string): boolean => {
  if (isInfinity(text)) return true;
  const rest = withoutZone(text);
  return rest !== undefined && isMoment(rest);
};

/** Whether a text is a time of day without a zone. */
export const isTime = (text: string): boolean => {
  const [, hour, minute, second = "0"] = timeForm.exec(text) ?? [];
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
};

/** Whether a text is a time of day with a zone. */
export const isTimeWithZone = (text: string): boolean => {
  const rest = withoutZone(text);
  return rest !== undefined && isTime(rest);
};

const isInfinity = (text: string): boolean => text === "infinity" || text === "-infinity";

function isDay(text: string): boolean {
  const [, year, month, day] = dateForm.exec(text) ?? [];
  if (year === undefined || Number(year) < 1 || Number(year) > lastYear) return false;
  return (
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= daysOf(Number(year), Number(month))
  );
}

const daysOf = (year: number, month: number): number => {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
};

function isMoment(text: string): boolean {
  const separator = text.search(/[Tt ]/);
  return separator > 0 && isDay(text.slice(0, separator)) && isTime(text.slice(separator + 1));
}

function withoutZone(text: string): string | undefined {
  const zone = zoneForm.exec(text);
  if (zone === null || Number(zone[1] ?? 0) > 15 || Number(zone[2] ?? 0) > 59) return undefined;
  return text.slice(0, zone.index);
}
