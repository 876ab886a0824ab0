/** The counters of the node that answers, read every two seconds while somebody is logged in: what the charts show. */

import { get } from './session.js';

const PERIOD_MILLIS = 2000;
const MOST = 300;

const NOTHING = { at: [], accepted: [], sent: [], acknowledged: [], p50: [], p99: [], written: [], connections: [], opened: [], backlog: [], queue: [], breakers: [], store: [] };

/** The loop that reads; null if there is none. */
let loop = null;
let listener = null;
let before = null;

/** The last samples: columns of the same length, with null where nothing is known. */
export let columns = copy(NOTHING);

/** The last answers of GET /api/metrics and GET /api/store; null before the first. */
export let last = null;
export let store = null;

/** Why there is no sample now; empty if there is one. */
export let trouble = '';

/** @param {(() => void)|null} heard called after each sample */
export function onSample(heard) {
  listener = heard;
}

/** Begins, unless it has begun. */
export function sample() {
  if (loop === null) {
    loop = {};
    next(loop);
  }
}

export function stopSampling() {
  clearTimeout(loop?.timer);
  loop = null;
  before = null;
  last = null;
  store = null;
  columns = copy(NOTHING);
}

async function next(mine) {
  if (!document.hidden) {
    await read(mine);
  }
  if (loop === mine) {
    mine.timer = setTimeout(() => next(mine), PERIOD_MILLIS);
  }
}

async function read(mine) {
  let answers = null;
  try {
    answers = await Promise.all([get('metrics'), get('store')]);
    trouble = '';
  } catch (error) {
    trouble = error.message;
  }
  if (loop !== mine) {
    return;
  }
  const at = Date.now() / 1000;
  if (answers) {
    [last, store] = answers;
    add({ at, metrics: last, bytes: store.bytes });
  } else {
    before = null;
    push({ at });
  }
  listener?.();
}

function add(now) {
  const { connections, messages, queue, circuit_breaker: breaker, confirm_latency: confirm, send_latency: send } = now.metrics;
  // After a restart, or if another node answers, counters are lower than before: then there is no rate.
  const seconds = before && now.at - before.at;
  const rate = (of) => {
    const difference = before && of(now.metrics) - of(before.metrics);
    return seconds && difference >= 0 && seconds < 5 * PERIOD_MILLIS / 1000 ? difference / seconds : null;
  };
  const since = (name) => (rate((metrics) => metrics[name].count) === null ? {} : before.metrics[name].at_most);
  push({
    at: now.at,
    accepted: rate((metrics) => metrics.messages.accepted),
    sent: rate((metrics) => metrics.messages.sent),
    acknowledged: rate((metrics) => metrics.messages.acknowledged),
    p50: quantile(0.5, confirm.at_most, since('confirm_latency')),
    p99: quantile(0.99, confirm.at_most, since('confirm_latency')),
    written: quantile(0.99, send.at_most, since('send_latency')),
    connections: connections.active,
    opened: rate((metrics) => metrics.connections.total),
    backlog: messages.queued,
    queue: queue.current_size,
    breakers: breaker.open + breaker.half_open,
    store: now.bytes,
  });
  before = now;
}

/** Of what was measured since the last sample, in milliseconds, from the counts of a histogram; null if nothing was. */
export function quantile(share, counts, countsBefore) {
  const limits = Object.keys(counts).map(Number).sort((a, b) => a - b);
  const difference = (limit) => counts[limit] - (countsBefore[limit] ?? counts[limit]);
  const total = limits.length === 0 ? 0 : difference(limits.at(-1));
  if (total <= 0) {
    return null;
  }
  let lower = 0;
  let below = 0;
  for (const limit of limits) {
    const upTo = difference(limit);
    if (upTo >= share * total) {
      return lower + ((limit - lower) * (share * total - below)) / (upTo - below);
    }
    lower = limit;
    below = upTo;
  }
  return lower;
}

function push(values) {
  for (const [name, column] of Object.entries(columns)) {
    column.push(values[name] ?? null);
    if (column.length > MOST) {
      column.shift();
    }
  }
}

function copy(empty) {
  return Object.fromEntries(Object.keys(empty).map((name) => [name, []]));
}
