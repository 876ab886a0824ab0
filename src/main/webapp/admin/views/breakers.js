/** The breakers of devices that counted a failure lately. */

import { button, card, chip, h, fill, name, table, toast } from '../dom.js';
import { duration, number, plural, words } from '../format.js';
import { command, get, isAdmin } from '../session.js';
import { clientLink, missing } from './clients.js';

const REFRESH_MILLIS = 3000;
const MOST = 1000;
const KINDS = { closed: 'ok', open: 'bad', half_open: 'warn' };

export function breakerChip({ state, open_ms: left }) {
  return chip(state === 'open' ? `open, ${duration(Math.ceil(left / 1000) * 1000)} left` : words(state), KINDS[state]);
}

/** @param {(work: () => Promise<void>) => Promise<void>} act does it, and shows the view anew */
export function resetBreakers(client, act) {
  return act(async () => {
    const { reset } = await command('breakers/reset', { client });
    toast(`${plural(reset, 'breaker was', 'breakers were')} reset.`);
  });
}

export function breakers(shown) {
  const list = h('div');
  shown.root.append(
    h('p.muted', null, 'A breaker opens after five deliveries in a row to a device have failed. While it is open the device gets no messages; they wait. A reset lets the device have all that waits, at once.'),
    card('Devices with failures', list),
  );
  const read = async () => {
    const found = await get('breakers', { limit: MOST });
    if (shown.ended) {
      return;
    }
    const act = (work) => shown.act(work, read);
    const order = { open: 0, half_open: 1, closed: 2 };
    const rows = [...found.breakers].sort((one, other) => order[one.state] - order[other.state]);
    fill(
      list,
      table('Devices with failures', [
        { title: 'Client', cell: ({ client }) => clientLink(client) },
        { title: 'Device', cell: ({ device }) => name(device) },
        { title: 'State', cell: breakerChip },
        { title: 'Failures', number: true, cell: ({ failures }) => number(failures) },
        { title: 'Opened', number: true, cell: ({ openings }) => plural(openings, 'time') },
        isAdmin() && {
          title: 'Action',
          cell: ({ client, device }) =>
            button('Reset', () => resetBreakers(client, act), { key: `reset ${client} ${device}`, label: `Reset the breakers of ${client}` }),
        },
      ].filter(Boolean), rows, 'No device has failed lately.'),
      found.next && h('p.muted', null, `These are the first ${number(MOST)}.`),
      missing(found.missing_nodes),
    );
  };
  shown.every(REFRESH_MILLIS, read);
}
