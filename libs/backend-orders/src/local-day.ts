const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The moment a calendar day begins in a time zone, counted from the day that holds `now`: 0 = today, -1 = yesterday. */
export function startOfDay(now: Date, timeZone: string, days = 0): Date {
  const midnight = Math.floor(wallTime(now, timeZone) / dayMs) * dayMs + days * dayMs;
  // The offset at the guess may be another than at the day's beginning, when clocks change in between.
  const guess = new Date(midnight - offset(new Date(midnight), timeZone));
  return new Date(midnight - offset(guess, timeZone));
}

/** 0 = Sunday. */
export function dayOfWeek(now: Date, timeZone: string): number {
  return new Date(wallTime(now, timeZone)).getUTCDay();
}

/** What clocks on the wall show, as if it were UTC. */
function wallTime(time: Date, timeZone: string): number {
  return time.getTime() + offset(time, timeZone);
}

function offset(time: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes)) * minuteMs;
  return sign === '-' ? -size : size;
}
