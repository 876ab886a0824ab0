/** Clients: search, and all that is known of one. */

import { ask, button, card, chip, facts, fill, h, id, link, name, payload, table, toast } from '../dom.js';
import { ago, bytes, date, duration, number, plural } from '../format.js';
import { compatible, get, isAdmin, post } from '../session.js';
import { breakerChip, resetBreakers } from './breakers.js';
import { letterTable } from './letters.js';

const PAGE = 100;
const TYPING_MILLIS = 250;
const REFRESH_MILLIS = 3000;
const NEWEST = 20;

/** SDKs connect again after a code below 3500. Without one, the code is 3503: they stay away until their application connects. */
const COME_AGAIN = { code: 3011, reason: 'force reconnect' };

export const clientAddress = (client) => `#/clients/${encodeURIComponent(client)}`;
export const messageAddress = (client, id) => `#/message?${new URLSearchParams({ client, id })}`;

export function clientLink(client) {
  return h('a', { href: clientAddress(client), 'data-key': `client ${client}` }, name(client));
}

export function clients(shown) {
  const search = h('input', { type: 'search', value: shown.parameters.get('search'), spellcheck: 'false', autocapitalize: 'none', maxlength: '200' });
  const list = h('div', { 'aria-live': 'polite' });
  let pages = 1;
  let typing;

  const read = async () => {
    const wanted = search.value.trim();
    const [found, breakers] = await Promise.all([readPages(wanted, pages), get('breakers', { limit: 1000 })]);
    if (!shown.ended && wanted === search.value.trim()) {
      fill(list, rows(found, wanted, breakers.breakers, () => {
        pages++;
        shown.attempt(read);
      }));
    }
  };
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      pages = 1;
      const wanted = search.value.trim();
      history.replaceState(null, '', `#/clients${wanted ? `?${new URLSearchParams({ search: wanted })}` : ''}`);
      shown.attempt(read);
    }, TYPING_MILLIS);
  });
  shown.whenEnded(() => clearTimeout(typing));
  const form = h('form', {
    submit: (event) => {
      event.preventDefault();
      if (search.value.trim()) {
        location.hash = clientAddress(search.value.trim());
      }
    },
  }, h('div.row', null,
    h('label.grow', null, 'Search, or the whole name of a client', search),
    h('button.primary', { type: 'submit' }, 'Open')));
  shown.root.append(h('section.card', null, form), h('section.card', null, list));
  shown.every(REFRESH_MILLIS, read);
}

async function readPages(search, pages) {
  const all = { clients: [], connected: [], missing_nodes: [] };
  let after = '';
  for (let page = 0; page < pages && after !== undefined; page++) {
    const found = await get('clients', { search, after, limit: PAGE });
    all.clients.push(...found.clients);
    all.connected.push(...found.connected);
    all.missing_nodes = found.missing_nodes ?? [];
    after = found.next;
  }
  all.next = after;
  return all;
}

function rows(found, wanted, breakers, more) {
  const connected = new Set(found.connected);
  const broken = new Map(breakers.filter(({ state }) => state !== 'closed').map((breaker) => [breaker.client, breaker]));
  const empty = wanted
    ? `No client of the last hour has “${wanted}” in its name. “Open” finds one that was here earlier by its whole name.`
    : 'No client was connected within the last hour.';
  return [
    table('Clients of the last hour', [
      { title: 'Client', cell: clientLink },
      { title: 'State', cell: (client) => (connected.has(client) ? chip('connected', 'ok') : chip('away')) },
      { title: 'Breaker', cell: (client) => (broken.has(client) ? breakerChip(broken.get(client)) : '–') },
    ], found.clients, empty),
    missing(found.missing_nodes),
    found.next && h('p', null, button('Show more', more)),
  ];
}

/** Says which nodes did not answer, if there are any. */
export function missing(nodes) {
  return nodes?.length > 0 && h('p.bad', null, `Without ${plural(nodes.length, 'node')} that did not answer: ${nodes.join(', ')}.`);
}

export function client(shown, who) {
  shown.heading.replaceChildren(name(who, 'span'));
  const status = h('div.status', { role: 'status' });
  const actions = h('div.actions');
  const counts = h('div.columns');
  const parts = ['Connections', 'Devices', 'Newest messages in the outbox', 'Dead letters'].map((title) => {
    const body = h('div');
    return { element: card(title, body), body };
  });
  shown.root.append(
    h('div.row.start', null, status, actions),
    counts,
    ...parts.map(({ element }) => element),
    h('p', null, link('← All clients', '#/clients')),
  );
  const read = async () => {
    const known = await readClient(who);
    if (shown.ended) {
      return;
    }
    const act = (work) => shown.act(work, read);
    fill(status, state(known));
    fill(actions, isAdmin() && [
      known.connections.length > 0 && button('Disconnect', () => disconnect(who, null, act), { kind: 'danger' }),
      known.revoked
        ? button('Let in again', () => letIn(who, act), { kind: 'quiet' })
        : button('Revoke', () => revoke(who, act), { kind: 'danger' }),
    ]);
    fill(counts, ...figures(known));
    fill(parts[0].body, connectionTable(who, known, act), missing(known.missing));
    fill(parts[1].body, deviceTable(known, act));
    fill(parts[2].body, messageTable(who, known));
    fill(parts[3].body, letterTable(known.letters, act, { ofOne: true }));
  };
  shown.every(REFRESH_MILLIS, read);
}

async function readClient(who) {
  const [status, lines, breakers, letters, history, revocations] = await Promise.all([
    get('client', { client: who }).catch(absent),
    get('connections', { client: who }),
    get('breakers', { client: who }),
    get('dead-letters', { client: who, limit: 20 }),
    compatible('history', { channel: `#${who}`, limit: NEWEST, reverse: true }),
    get('revocations'),
  ]);
  return {
    status,
    connections: lines.connections,
    missing: lines.missing_nodes,
    breakers: new Map(breakers.breakers.map((breaker) => [breaker.device, breaker])),
    letters: letters.dead_letters,
    history,
    revoked: revocations.revocations.find((each) => each.client === who),
  };
}

/** What is not known is no failure here. */
function absent(error) {
  if (error.status === 404) {
    return null;
  }
  throw error;
}

function state({ status, connections, revoked }) {
  const seen = Math.max(0, ...(status?.devices ?? []).map((device) => device.seen_at));
  const chips = [];
  if (connections.length > 0) {
    chips.push(chip('connected', 'ok'));
  } else if (!status || status.devices.length === 0) {
    chips.push(chip('never seen here', 'warn'));
  } else {
    chips.push(chip('away', 'warn'), h('span.muted', null, `last seen ${ago(seen)}`));
  }
  if (revoked) {
    chips.push(chip('revoked', 'bad'), h('span.muted', null, `until ${date(revoked.expires_at)}`));
  }
  return chips;
}

function figures({ status, history }) {
  if (!status) {
    return [];
  }
  return [
    card('Backlog', facts([
      ['Messages in the outbox', h('strong', null, number(status.waiting))],
      ['Their size', bytes(status.waiting_bytes)],
      ['Newest offset', number(history.offset)],
    ])),
    card('Since it came', facts([
      ['Counted since', date(status.since_ms)],
      ['Connections', number(status.connections)],
      ['Handed to connections', number(status.sent)],
    ])),
    card('What became of messages', facts([
      ['Confirmed', number(status.acknowledged)],
      ['Expired', number(status.expired)],
      ['Dropped', number(status.dropped)],
      ['Dead', number(status.dead)],
    ])),
  ];
}

function connectionTable(who, { connections }, act) {
  return table('Connections', [
    { title: 'Id', cell: (line) => id(line.id) },
    { title: 'Device', cell: ({ device }) => (device === null ? '–' : name(device)) },
    { title: 'Outbox', cell: ({ state: how }) => chip(how === 'none' ? 'not asked for' : how, { live: 'ok', behind: 'warn' }[how]) },
    { title: 'From', cell: ({ address, node }) => [address || 'unknown', node ? ` · node ${node}` : ''] },
    { title: 'Open for', cell: (line) => duration(Math.max(0, Math.floor((Date.now() - line.opened_at) / 1000) * 1000)) },
    { title: 'Written', number: true, cell: ({ written }) => number(written) },
    { title: 'Unconfirmed', number: true, cell: (line) => bytes(line.unconfirmed_bytes) },
    { title: 'Send buffer', cell: buffer },
    { title: 'Remarks', cell: remarks },
    isAdmin() && {
      title: 'Action',
      cell: ({ id }) => button('Disconnect', () => disconnect(who, id, act), { kind: 'danger', key: `disconnect ${id}`, label: `Disconnect ${id}` }),
    },
  ].filter(Boolean), connections, 'It has no open connection.');
}

function buffer(line) {
  const text = `${bytes(line.buffered_bytes)} of ${bytes(line.buffer_limit_bytes)}`;
  return line.buffered_bytes > line.buffer_limit_bytes / 2 ? chip(text, 'warn') : text;
}

/** What keeps messages from going on. */
function remarks(line) {
  const all = [
    line.writing_ms > 0 && `does not read, for ${duration(line.writing_ms)}`,
    line.unanswered_ms > 1000 && `ping without an answer, for ${duration(line.unanswered_ms)}`,
    line.held_back && 'nothing more is written until it answers a ping',
    line.allowance >= 0 && `gets ${plural(line.allowance, 'more message')} at most, since messages failed`,
    line.explicit && 'confirms by acks only',
    line.channels > 0 && plural(line.channels, 'channel'),
  ].filter(Boolean);
  return all.length === 0 ? '–' : all.join('; ');
}

function deviceTable({ status, breakers, history }, act) {
  return table('Devices', [
    { title: 'Device', cell: ({ device }) => name(device) },
    { title: 'State', cell: ({ connected }) => (connected ? chip('connected', 'ok') : chip('away')) },
    { title: 'Seen', cell: ({ connected, seen_at: at }) => (connected ? 'now' : h('span', { title: date(at) }, ago(at))) },
    { title: 'Cursor', number: true, cell: ({ cursor }) => number(cursor) },
    { title: 'Offsets before it', number: true, cell: ({ cursor }) => number(Math.max(0, history.offset - cursor)) },
    { title: 'Breaker', cell: ({ device }) => deviceBreaker(breakers.get(device), act) },
  ], status?.devices ?? [], 'No device has ever connected.');
}

function deviceBreaker(breaker, act) {
  if (!breaker) {
    return '–';
  }
  return [breakerChip(breaker), ' ', isAdmin() && button('Reset', () => resetBreakers(breaker.client, act), { key: `reset ${breaker.device}` })]
    .filter(Boolean);
}

function messageTable(who, { status, history }) {
  const confirmed = Math.max(0, ...(status?.devices ?? []).map((device) => device.cursor));
  return table('Newest messages in the outbox', [
    { title: 'Id', cell: ({ tags }) => h('a', { href: messageAddress(who, tags.id), 'data-key': `message ${tags.id}` }, name(tags.id)) },
    { title: 'Offset', number: true, cell: ({ offset }) => number(offset) },
    { title: 'State', cell: ({ offset }) => (offset <= confirmed ? chip('confirmed', 'ok') : chip('waiting', 'warn')) },
    { title: 'Expires', cell: ({ tags }) => (tags.expires ? date(Number(tags.expires)) : 'never') },
    { title: 'Payload', cell: (publication) => payload(publication, 300) },
  ], history.publications, 'The outbox is empty: everything was confirmed, or nothing was sent.');
}

async function disconnect(who, connection, act) {
  const which = connection ? ['The connection ', name(connection), ' of the client '] : ['All connections of the client '];
  const fields = h('label.check', null, h('input', { type: 'checkbox', name: 'come', checked: true }), 'It may come again: SDKs then do so at once');
  const form = await ask('Disconnect?', [...which, name(who), ' will be closed.'], 'Disconnect', { fields });
  if (form) {
    const ending = form.has('come') ? { disconnect: COME_AGAIN } : {};
    await act(async () => {
      await compatible('disconnect', { user: who, ...(connection && { client: connection }), ...ending });
      toast(`${connection ? 'The connection' : 'The client'} was disconnected.`);
    });
  }
}

const TIMES = [['3600', '1 hour'], ['86400', '1 day'], ['604800', '7 days']];

async function revoke(who, act) {
  const fields = h('label', null, 'For', h('select', { name: 'ttl' }, TIMES.map(([value, text]) => h('option', { value, selected: value === '86400' }, text))));
  const form = await ask('Revoke?', ['All connections of the client ', name(who), ' will be closed, and it cannot connect again until the revocation ends or is taken back.'], 'Revoke', { fields });
  if (form) {
    await act(async () => {
      const { closed } = await post('revoke', { client: who, ttl: Number(form.get('ttl')) });
      toast(`Revoked. ${plural(closed, 'connection was', 'connections were')} closed.`);
    });
  }
}

async function letIn(who, act) {
  if (await ask('Let in again?', ['The revocation of the client ', name(who), ' will be taken back: its tokens count again.'], 'Let in again')) {
    await act(async () => {
      await post('revoke', { client: who, ttl: 0 });
      toast('The revocation was taken back.');
    });
  }
}
