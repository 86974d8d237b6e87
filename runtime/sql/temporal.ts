/*
 * Dates and times as RFC 3339 writes them, and as Postgres writes those that RFC 3339 has no form for: years before
 * Christ and after 9999, infinity. Checked here so that Postgres never meets one that it refuses, nor one that it
 * reads in its own way (a zone that `timestamp` drops, a day and month that `DateStyle` swaps, a digit that it rounds).
 */

const dateForm = /^(\d{4,7})-(\d\d)-(\d\d)( BC)?$/;
const timeForm = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6}0*)?)?$/;
const dayEnd = /^24:00(?::00(?:\.0+)?)?$/;
const zoneForm = /(?:Z|z|[+-](\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$/;
/** PostgreSQL manual, table 8.9; the first day is the first of Julian day numbers. */
const lastYear = { date: 5_874_897, timestamp: 294_276 } as const;
const firstDay = { year: 4714, monthAndDay: "11-24" } as const;

/** Whether a text is a day of the calendar (ISO 8601), or `infinity`. */
export const isDate = (text: string): boolean => isInfinity(text) || isDay(text, lastYear.date);

/** Whether a text is a day and a time without a zone. */
export const isTimestamp = (text: string): boolean => isInfinity(text) || isMoment(text);

/** Whether a text is a day, a time and a zone (RFC 3339, `date-time`). */
export const isTimestampWithZone = (text: string): boolean => {
  if (isInfinity(text)) return true;
  const rest = withoutZone(text.replace(/ BC$/, ""));
  return rest !== undefined && isMoment(text.endsWith(" BC") ? `${rest} BC` : rest);
};

/** Whether a text is a time of day without a zone; the end of the day is `24:00:00`. */
export const isTime = (text: string): boolean => isClock(text) || dayEnd.test(text);

/** Whether a text is a time of day with a zone. */
export const isTimeWithZone = (text: string): boolean => {
  const rest = withoutZone(text);
  return rest !== undefined && isTime(rest);
};

const isInfinity = (text: string): boolean => text === "infinity" || text === "-infinity";

function isClock(text: string): boolean {
  const [, hour, minute, second = "0"] = timeForm.exec(text) ?? [];
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function isDay(text: string, last: number): boolean {
  const [, digits, month, day, era] = dateForm.exec(text) ?? [];
  if (digits === undefined) return false;
  const year = Number(digits);
  if (year < 1 || (era === undefined ? year > last : year > firstDay.year)) return false;
  if (era !== undefined && year === firstDay.year && `${month}-${day}` < firstDay.monthAndDay) return false;
  // 1 BC is the year 0 of the calendar, and a leap year.
  const days = daysOf(era === undefined ? year : 1 - year, Number(month));
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
}

const daysOf = (year: number, month: number): number => {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
};

function isMoment(text: string): boolean {
  const era = text.endsWith(" BC") ? " BC" : "";
  const moment = text.slice(0, text.length - era.length);
  const separator = moment.search(/[Tt ]/);
  return (
    separator > 0 &&
    isDay(`${moment.slice(0, separator)}${era}`, lastYear.timestamp) &&
    isClock(moment.slice(separator + 1))
  );
}

function withoutZone(text: string): string | undefined {
  const zone = zoneForm.exec(text);
  const [, hours = 0, minutes = 0, seconds = 0] = zone ?? [];
  if (zone === null || Number(hours) > 15 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return text.slice(0, zone.index);
}

/** Whether no part of a text has more digits of a second than Postgres keeps: six. */
export const keepsMicroseconds = (text: string): boolean => !/\.\d{6}\d*[1-9]/.test(text);
