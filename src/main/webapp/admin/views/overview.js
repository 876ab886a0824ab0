/** How this node is: live charts, and what has become of the messages since its start. */

import { BINARY, Chart, WHOLE } from '../charts.js';
import { card, chip, facts, fill, h, link } from '../dom.js';
import { bytes, date, duration, number, plural, short, words } from '../format.js';
import { compatible, get, self } from '../session.js';
import { last, onSample, store, trouble } from '../samples.js';

const rate = (value) => `${short(value)}/s`;

/** Of what is lost, or was about to be. */
const OUTCOMES = [
  ['accepted', 'Stored'],
  ['acknowledged', 'Confirmed'],
  ['queued', 'Waiting now'],
  ['expired', 'Expired'],
  ['dropped', 'Dropped by a bound'],
  ['dead', 'Given up (dead)'],
  ['refused', 'Refused, outbox full'],
  ['failed', 'Failed in the store'],
  ['deduplicated', 'Duplicates'],
];

const BAD = new Set(['dropped', 'dead', 'refused', 'failed']);

export function overview(shown) {
  const status = h('div.status', { role: 'status' });
  const figures = card('Messages since the start of the node');
  const limits = card('Limits that peers ran into');
  const node = card('This node');
  const bodies = [figures, limits, node].map((each) => each.appendChild(h('div')));
  const charts = [
    new Chart('Messages', [
      { column: 'accepted', label: 'stored', kind: 1 },
      { column: 'sent', label: 'written', kind: 2 },
      { column: 'acknowledged', label: 'confirmed', kind: 3 },
    ], rate),
    new Chart('Latency from publishing', [
      { column: 'p50', label: 'confirmed p50', kind: 3 },
      { column: 'p99', label: 'confirmed p99', kind: 4 },
      { column: 'written', label: 'written p99', kind: 2 },
    ], duration),
    new Chart('Connections', [{ column: 'connections', label: 'open', kind: 1 }], short, WHOLE),
    new Chart('Backlog', [
      { column: 'backlog', label: 'in outboxes', kind: 1 },
      { column: 'queue', label: 'about to be stored', kind: 4 },
    ], short, WHOLE),
    new Chart('Open breakers', [{ column: 'breakers', label: 'of devices', kind: 4 }], short, WHOLE),
    new Chart('Store', [{ column: 'store', label: 'on the disk', kind: 2 }], bytes, BINARY),
  ];
  shown.root.append(
    status,
    h('div.charts', null, charts.map((chart) => chart.element)),
    h('div.columns', null, figures, limits, node),
  );
  charts.forEach((chart) => chart.begin());

  const update = () => {
    if (shown.ended) {
      return;
    }
    charts.forEach((chart) => chart.update());
    showStatus(status);
    if (last) {
      fill(bodies[0], outcomes(last.messages));
      fill(bodies[1], reached(last));
    }
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => charts.forEach((chart) => chart.repaint());
  dark.addEventListener('change', repaint);
  onSample(update);
  update();
  shown.whenEnded(() => {
    onSample(null);
    dark.removeEventListener('change', repaint);
    charts.forEach((chart) => chart.end());
  });
  shown.every(10_000, async () => fill(bodies[2], await about()));
}

function showStatus(status) {
  const problems = [];
  if (trouble) {
    problems.push(trouble);
  } else if (last?.circuit_breaker.engine_open) {
    problems.push('Publishing is refused: the breaker of the store is open, or the store is full or does not answer.');
  }
  const open = last?.circuit_breaker.open ?? 0;
  const text = problems.length > 0 ? problems.join(' ') : last ? 'The node takes messages.' : 'Asking the node …';
  if (status.dataset.text !== text + open) {
    status.dataset.text = text + open;
    fill(
      status,
      chip(problems.length > 0 ? 'Trouble' : last ? 'Working' : '…', problems.length > 0 ? 'bad' : 'ok'),
      h('span', null, text),
      open > 0 && link(`${plural(open, 'device has', 'devices have')} an open breaker`, '#/breakers'),
    );
  }
}

function outcomes(messages) {
  return facts(OUTCOMES.map(([field, label]) => [
    label,
    h(BAD.has(field) && messages[field] > 0 ? 'strong.bad' : 'strong', null, number(messages[field])),
  ]));
}

function reached(metrics) {
  const hit = Object.entries(metrics.limits).filter(([, count]) => count > 0).sort((one, other) => other[1] - one[1]);
  const { connections } = metrics;
  const ended = [
    ['Ended: write failed', connections.failed],
    ['Ended: no pong', connections.timeouts],
    ['Ended: too slow', connections.slow],
  ].filter(([, count]) => count > 0);
  const all = [...hit.map(([limit, count]) => [words(limit), count]), ...ended];
  return all.length === 0
    ? h('p.empty', null, 'None, and no connection was ended for being slow or dead.')
    : facts(all.map(([label, count]) => [label, h('strong', null, number(count))]));
}

async function about() {
  const [{ nodes }, list] = await Promise.all([compatible('info', {}), get('nodes')]);
  const mine = nodes.find((each) => each.name === self.node) ?? nodes[0];
  return facts([
    ['Name', mine.name],
    ['Version', mine.version],
    ['Up for', duration(mine.uptime * 1000)],
    ['Clients', number(mine.num_users)],
    ['Channels', number(mine.num_channels)],
    ['Subscriptions', number(mine.num_subs)],
    ['Nodes', link(String(list.nodes.length), '#/nodes')],
    store?.generation > 0 && ['Store restored', `${date(store.generation_begun_at)}: ${store.generation_reason}`],
  ]);
}
