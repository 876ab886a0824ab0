/** The nodes, and draining one. */

import { ask, button, card, chip, fill, h, name, table, toast } from '../dom.js';
import { date, duration, number, plural } from '../format.js';
import { command, get, isAdmin } from '../session.js';
import { missing } from './clients.js';

const REFRESH_MILLIS = 3000;
const WINDOW_SECONDS = 10;
const MOST_WINDOW_SECONDS = 600;

/** What a drain may take beyond its window. */
const MORE_MILLIS = 150_000;

export function nodes(shown) {
  const list = h('div');
  shown.root.append(card('Nodes', list));
  const read = async () => {
    const found = await get('nodes');
    if (shown.ended) {
      return;
    }
    const act = (work) => shown.act(work, read);
    fill(list, table('Nodes', [
      { title: 'Node', cell: ({ number: which }) => (which ? String(which) : 'alone') },
      { title: 'Name', cell: (node) => (node.name === undefined ? chip('does not answer', 'bad') : name(node.name)) },
      { title: 'Here', cell: (node) => (node.this ? chip('this page', 'ok') : '–') },
      { title: 'Version', cell: ({ version }) => version },
      { title: 'Connections', number: true, cell: ({ connections }) => number(connections ?? 0) },
      { title: 'Clients', number: true, cell: ({ clients }) => number(clients ?? 0) },
      { title: 'Address', cell: ({ address }) => (address ? name(address) : '–') },
      { title: 'Since', cell: ({ since }) => (since ? date(since) : '–') },
      isAdmin() && { title: 'Action', cell: (node) => button('Drain', () => drain(node, act), { kind: 'danger', key: `drain ${node.number}`, label: `Drain ${called(node)}` }) },
    ].filter(Boolean), found.nodes, 'There is none.'), missing(found.missing_nodes));
  };
  shown.every(REFRESH_MILLIS, read);
}

const called = (node) => (node.number ? `node ${node.number}` : `the node ${node.name}`);

async function drain(node, act) {
  const fields = h('label', null, 'Seconds over which connections are closed',
    h('input', { name: 'window', type: 'number', min: '0', max: String(MOST_WINDOW_SECONDS), value: String(WINDOW_SECONDS), required: true }));
  const form = await ask('Drain?', [
    'The node ', name(node.name ?? String(node.number)), ` will take no more messages and connections. Its ${plural(node.connections ?? 0, 'connection')} will be closed, so that clients come again on other nodes. Only a restart ends that.`,
  ], 'Drain', { fields });
  if (form) {
    const window = Number(form.get('window'));
    toast(`Draining ${called(node)} …`);
    await act(async () => {
      const report = await command('drain', { window, node: node.number || null }, window * 1000 + MORE_MILLIS);
      toast(`Drained in ${duration(report.ms)}: ${plural(report.connections, 'connection')}, ${report.unwritten} with unwritten messages.`);
    });
  }
}
