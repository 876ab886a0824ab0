/** Numbers and times for people. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hour12: false });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function number(value) {
  return whole.format(value);
}

/** 1234567 as 1.23 M. */
export function short(value) {
  if (value < 10) {
    return String(Math.round(value * 10) / 10);
  }
  for (const [size, unit] of [[1e9, ' G'], [1e6, ' M'], [1e4, ' k']]) {
    if (value >= size) {
      const scaled = value / (unit === ' k' ? 1e3 : size);
      return `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)}${unit}`;
    }
  }
  return number(value);
}

export function bytes(value) {
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${scaled >= 100 || unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[unit]}`;
}

/** 90500 as 1 min 30 s. */
export function duration(millis) {
  if (millis < 1000) {
    return `${millis < 10 ? Math.round(millis * 10) / 10 : Math.round(millis)} ms`;
  }
  const seconds = Math.round(millis / 1000);
  if (seconds < 10 && millis % 1000) {
    return `${(millis / 1000).toFixed(1)} s`;
  }
  const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

export function time(millis) {
  return clock.format(millis);
}

/** A moment; 0 stands for never. */
export function date(millis) {
  return millis ? moment.format(millis) : 'never';
}

export function ago(millis) {
  if (!millis) {
    return 'never';
  }
  const past = Date.now() - millis;
  return past < 1500 ? 'now' : `${duration(Math.floor(past / 1000) * 1000)} ago`;
}

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** soft_delete as soft delete. */
export function words(constant) {
  return String(constant ?? '').replaceAll('_', ' ');
}
