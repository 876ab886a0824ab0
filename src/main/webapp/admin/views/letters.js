/** Dead letters: messages that were given up for a device. */

import { ask, button, card, facts, fill, h, link, name, payload, table, toast } from '../dom.js';
import { ago, date, number } from '../format.js';
import { command, get, isAdmin } from '../session.js';
import { clientLink, messageAddress } from './clients.js';

const PAGE = 50;
const REFRESH_MILLIS = 5000;

const letterAddress = (number) => `#/dead-letters/${number}`;

export function letters(shown) {
  const list = h('div');
  let pages = 1;
  shown.root.append(
    h('p.muted', null, 'A message that has failed on a device five times lies here, and the device gets the next one. “Send again” puts it into the outbox once more, with a new offset.'),
    card('Dead letters', list),
  );
  const read = async () => {
    const found = [];
    let more = true;
    for (let page = 0; page < pages && more; page++) {
      const { dead_letters: next } = await get('dead-letters', { after: found.at(-1)?.number, limit: PAGE });
      found.push(...next);
      more = next.length === PAGE;
    }
    if (!shown.ended) {
      fill(list, letterTable(found, (work) => shown.act(work, read)), more && found.length > 0 && h('p', null, button('Show more', () => {
        pages++;
        shown.attempt(read);
      })));
    }
  };
  shown.every(REFRESH_MILLIS, read);
}

/** @param {(work: () => Promise<void>) => Promise<void>} act does it, and shows the view anew. @param {{ofOne?: boolean}} [how] without the client */
export function letterTable(list, act, { ofOne } = {}) {
  return table('Dead letters', [
    { title: 'Number', cell: (letter) => link(`#${letter.number}`, letterAddress(letter.number)) },
    !ofOne && { title: 'Client', cell: ({ client }) => clientLink(client) },
    { title: 'Device', cell: ({ device }) => name(device) },
    { title: 'Message', cell: ({ client, id }) => h('a', { href: messageAddress(client, id), 'data-key': `message ${client} ${id}` }, name(id)) },
    { title: 'Attempts', number: true, cell: ({ attempts }) => number(attempts) },
    { title: 'Given up', cell: ({ dead_at: at }) => h('span', { title: date(at) }, ago(at)) },
    isAdmin() && { title: 'Action', cell: (letter) => h('div.actions', null, buttons(letter, act)) },
  ].filter(Boolean), list, 'There are none.');
}

function buttons({ number: which, client, id }, act) {
  const again = async () => {
    const receipt = await command(`dead-letters/${which}/resend`);
    toast(`The message was sent again, with the offset ${receipt.offset}.`);
  };
  const discard = async () => {
    const text = ['Dead letter ', name(`#${which}`), ' to the client ', name(client), ' with the message id ', name(id), ' will be removed. The message cannot be sent again afterwards.'];
    if (await ask('Discard the dead letter?', text, 'Discard')) {
      await act(async () => {
        await command(`dead-letters/${which}/discard`);
        toast(`Dead letter #${which} was discarded.`);
      });
    }
  };
  return [
    button('Send again', () => act(again), { key: `again ${which}`, label: `Send dead letter ${which} again` }),
    button('Discard', discard, { kind: 'danger', key: `discard ${which}`, label: `Discard dead letter ${which}` }),
  ];
}

export async function letter(shown, which) {
  shown.heading.textContent = `Dead letter #${which}`;
  const back = h('p', null, link('← All dead letters', '#/dead-letters'));
  const found = await shown.attempt(() => get(`dead-letters/${encodeURIComponent(which)}`));
  if (shown.ended) {
    return;
  }
  if (!found) {
    shown.root.append(back);
    return;
  }
  const done = (work) => shown.act(async () => {
    await work();
    location.hash = '#/dead-letters';
  }, () => {});
  shown.root.append(
    h('div.actions', null, isAdmin() && buttons(found, done)),
    h('div.columns', null,
      card('Letter', facts([
        ['Client', clientLink(found.client)],
        ['Device', name(found.device)],
        ['Message', h('a', { href: messageAddress(found.client, found.id) }, name(found.id))],
        ['Offset', number(found.offset)],
        ['Attempts', number(found.attempts)],
        ['Published', date(found.published_at)],
        ['Given up', date(found.dead_at)],
      ])),
      card('Tags', Object.keys(found.tags).length === 0
        ? h('p.empty', null, 'It has none.')
        : facts(Object.entries(found.tags).map(([tag, value]) => [name(tag), name(value)])))),
    card('Payload', payload(found, 100_000)),
    back,
  );
}
