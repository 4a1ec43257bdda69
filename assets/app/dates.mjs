// Instants are minutes since 1970 UTC; a window [from, to) is named by its first and last day.
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
export const DAY = 1440;
const parts = minute => { const d = new Date(minute * 60000); return [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate()]; };
export const startOfDay = minute => Math.floor(minute / DAY) * DAY;
export const longDate = minute => { const [y, m, d] = parts(minute); return `${d} ${MONTHS[m]} ${y}`; };
export const shortDate = minute => { const [, m, d] = parts(minute); return `${d} ${MONTHS[m].slice(0, 3)}`; };
export const monthName = minute => { const [y, m] = parts(minute); return `${MONTHS[m]} ${y}`; };
export const dayOfMonth = minute => parts(minute)[2];

/** "1 to 22 March 2022", as geodata.spans.Span.describe writes it; ±Infinity or null = open. */
export function describe(from, to) {
  const first = Number.isFinite(from ?? NaN) ? from : null, last = Number.isFinite(to ?? NaN) ? to - 1 : null;
  if (first === null && last === null) return "at any time";
  if (first === null) return `until ${longDate(last)}`;
  if (last === null) return `from ${longDate(first)}`;
  const [y0, m0, d0] = parts(first), [y1, m1, d1] = parts(last);
  if (y0 === y1 && m0 === m1) return d0 === d1 ? longDate(last) : `${d0} to ${longDate(last)}`;
  return y0 === y1 ? `${d0} ${MONTHS[m0]} to ${longDate(last)}` : `${longDate(first)} to ${longDate(last)}`;
}

/** ISO for the address: a date where it is midnight, else date and time. */
export function toIso(minute) {
  const iso = new Date(minute * 60000).toISOString();
  return minute % DAY === 0 ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`;
}

/** Minutes of an ISO date or date-time (UTC where no zone is given), or null. */
export function fromIso(text) {
  const t = Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
  return Number.isNaN(t) ? null : Math.round(t / 60000);
}
