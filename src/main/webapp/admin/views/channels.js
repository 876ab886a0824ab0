/** Channels: who is subscribed, what was published, and publishing. */

import { ask, button, card, chip, fill, h, id, link, name, payload, table, toast } from '../dom.js';
import { date, number, plural } from '../format.js';
import { compatible, get, isAdmin, mayPublish } from '../session.js';
import { clientAddress, clientLink, missing } from './clients.js';

const PAGE = 100;
const NEWEST = 20;
const TYPING_MILLIS = 250;
const REFRESH_MILLIS = 3000;

export const channelAddress = (channel) => `#/channels/${encodeURIComponent(channel)}`;

export function channels(shown) {
  const pattern = h('input', { type: 'search', spellcheck: 'false', autocapitalize: 'none', placeholder: 'orders:*', value: shown.parameters.get('pattern') });
  const outboxes = h('input', { type: 'checkbox', checked: shown.parameters.has('outboxes') });
  const list = h('div', { 'aria-live': 'polite' });
  let pages = 1;
  let typing;
  const read = async () => {
    const wanted = pattern.value.trim();
    const found = await readPages(wanted, outboxes.checked, pages);
    if (!shown.ended && wanted === pattern.value.trim()) {
      fill(list, table('Channels with subscribers', [
        { title: 'Channel', cell: ([channel]) => channelLink(channel) },
        { title: 'Connections', number: true, cell: ([, { num_clients: count }]) => number(count) },
      ], found.channels, wanted ? `No channel with subscribers matches “${wanted}”.` : 'No channel has subscribers.'),
      missing(found.missing_nodes),
      found.next && h('p', null, button('Show more', () => {
        pages++;
        shown.attempt(read);
      })));
    }
  };
  const change = () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      pages = 1;
      const parameters = new URLSearchParams();
      if (pattern.value.trim()) {
        parameters.set('pattern', pattern.value.trim());
      }
      if (outboxes.checked) {
        parameters.set('outboxes', '');
      }
      history.replaceState(null, '', `#/channels${parameters.size > 0 ? `?${parameters}` : ''}`);
      shown.attempt(read);
    }, TYPING_MILLIS);
  };
  pattern.addEventListener('input', change);
  outboxes.addEventListener('change', change);
  shown.whenEnded(() => clearTimeout(typing));
  const form = h('form', {
    submit: (event) => {
      event.preventDefault();
      const wanted = pattern.value.trim();
      if (wanted && !wanted.includes('*')) {
        location.hash = channelAddress(wanted);
      }
    },
  }, h('div.row', null,
    h('label.grow', null, 'Pattern, or the whole name of a channel', pattern),
    h('label.check', null, outboxes, 'with outboxes'),
    h('button.primary', { type: 'submit' }, 'Open')));
  shown.root.append(h('section.card', null, form), h('section.card', null, list));
  shown.every(REFRESH_MILLIS, read);
}

/** Pages of ordinary channels: outboxes are left out here, so a page may take several calls. */
async function readPages(pattern, outboxes, pages) {
  const channels = [];
  let found = { next: '' };
  while (channels.length < pages * PAGE && found.next !== undefined) {
    found = await compatible('channels', { pattern, limit: outboxes ? PAGE : 10 * PAGE, after: found.next });
    channels.push(...Object.entries(found.channels).filter(([channel]) => outboxes || !channel.startsWith('#')));
  }
  return { channels: channels.slice(0, pages * PAGE), next: channels.length > pages * PAGE || found.next, missing_nodes: found.missing_nodes };
}

function channelLink(channel) {
  const address = channel.startsWith('#') ? clientAddress(channel.slice(1)) : channelAddress(channel);
  return h('a', { href: address, 'data-key': `channel ${channel}` }, name(channel));
}

export function channel(shown, which) {
  shown.heading.replaceChildren(name(which, 'span'));
  const status = h('div.status', { role: 'status' });
  const actions = h('div.actions');
  const subscribers = h('div');
  const publications = h('div');
  const position = h('span.muted');
  const history = card('Newest publications', publications);
  history.querySelector('.card-head').append(position);
  const read = async () => {
    const [stats, members, stored] = await Promise.all([
      compatible('presence_stats', { channel: which }),
      compatible('presence', { channel: which, limit: PAGE }),
      compatible('history', { channel: which, limit: NEWEST, reverse: true }),
    ]);
    if (shown.ended) {
      return;
    }
    fill(status,
      chip(stats.num_clients > 0 ? 'subscribed' : 'no subscribers', stats.num_clients > 0 ? 'ok' : null),
      h('span', null, `${plural(stats.num_clients, 'connection')} of ${plural(stats.num_users, 'client')}`));
    fill(actions, isAdmin() && stored.publications.length > 0 && button('Remove the history', () => removeHistory(shown, which, read), { kind: 'danger' }));
    fill(subscribers, subscriberTable(members), members.next && h('p.muted', null, `These are the first ${PAGE}.`), missing(members.missing_nodes));
    position.textContent = stored.offset > 0 ? `offset ${number(stored.offset)}, epoch ${stored.epoch}` : '';
    fill(publications, publicationTable(stored));
  };
  shown.root.append(
    h('div.row.start', null, status, actions),
    card('Subscribers', subscribers),
    history,
    h('div', null, mayPublish() && publishing(which, shown, read)),
    h('p', null, link('← All channels', '#/channels')),
  );
  shown.every(REFRESH_MILLIS, read);
}

function subscriberTable({ presence }) {
  const shownInfo = (value) => (value === undefined ? '–' : name(JSON.stringify(value)));
  return table('Subscribers', [
    { title: 'Client', cell: ({ user }) => clientLink(user) },
    { title: 'Connection', cell: ({ client }) => id(client) },
    { title: 'Info of the connection', cell: ({ conn_info: info }) => shownInfo(info) },
    { title: 'Info of the subscription', cell: ({ chan_info: info }) => shownInfo(info) },
  ], Object.values(presence), 'Nobody is subscribed now.');
}

function publicationTable({ publications }) {
  return table('Newest publications', [
    { title: 'Offset', number: true, cell: ({ offset }) => number(offset) },
    { title: 'Id', cell: ({ tags }) => name(tags.id) },
    { title: 'From', cell: ({ info }) => (info ? clientLink(info.user) : 'a server') },
    { title: 'Expires', cell: ({ tags }) => (tags.expires ? date(Number(tags.expires)) : 'never') },
    { title: 'Payload', cell: (publication) => payload(publication, 1000) },
  ], publications, 'The channel keeps no publications, or there were none yet.');
}

async function removeHistory(shown, which, read) {
  if (await ask('Remove the history?', ['All publications that the channel ', name(which), ' keeps will be removed. Connections that have missed some are told that they are lost.'], 'Remove')) {
    await shown.act(async () => {
      await compatible('history_remove', { channel: which });
      toast('The history was removed.');
    }, read);
  }
}

function publishing(which, shown, read) {
  const error = h('p.error', { id: 'publish-error', role: 'alert' });
  const data = h('textarea', { name: 'data', rows: '3', required: true, spellcheck: 'false', 'aria-describedby': 'publish-error' }, '{"text": "Hello"}');
  return card('Publish', h('form', {
    submit: async (event) => {
      event.preventDefault();
      error.textContent = '';
      data.removeAttribute('aria-invalid');
      let value;
      try {
        value = JSON.parse(data.value);
      } catch {
        error.textContent = 'This is not JSON. A text needs quotation marks: "Hello".';
        data.setAttribute('aria-invalid', 'true');
        data.focus();
        return;
      }
      const submit = event.submitter ?? event.target.querySelector('button');
      submit.disabled = true;
      await shown.act(async () => {
        const receipt = await compatible('publish', { channel: which, data: value });
        toast(receipt.offset ? `Published, with the offset ${receipt.offset}.` : 'Published. The channel keeps no publications.');
      }, read);
      submit.disabled = false;
    },
  }, h('label', null, 'Data, as JSON', data), error, h('div.row.end', null, h('button.primary', { type: 'submit' }, 'Publish'))));
}
