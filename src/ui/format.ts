const KILO = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A number with all its digits in groups: `1,204,331`. */
export function formatExact(count: number): string {
  return grouped.format(count);
}

/** A number in few characters, rounded down so that it never promises more than there is: `999`, `48.2k`, `1.2M`. */
export function formatCount(count: number): string {
  return short(count, ['', 'k', 'M', 'G', 'T']);
}

/** Bytes by powers of 1,000, as disks and Kafka's own tools count them: `0 B`, `41.2 kB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  return short(bytes, [' B', ' kB', ' MB', ' GB', ' TB', ' PB']);
}

/** A span of time in ms by its two largest units: `0 s`, `42 s`, `2 h 14 min`, `7 d`. */
export function formatDuration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', 1_000, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  return two(ms, DAY, 'd', HOUR, 'h');
}

/** At most three digits and a unit; one decimal where there is room for it. */
function short(value: number, units: readonly string[]): string {
  let at = 0;
  let scaled = value;
  while (scaled >= KILO && at < units.length - 1) {
    scaled /= KILO;
    at++;
  }
  const shown =
    at > 0 && scaled < 100 ? (Math.floor(scaled * 10) / 10).toFixed(1) : String(Math.floor(scaled));
  return `${shown}${units[at]!}`;
}

function two(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${largeUnit}`;
  return rest === 0 ? first : `${first} ${rest} ${smallUnit}`;
}
