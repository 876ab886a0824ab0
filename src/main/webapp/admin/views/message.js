/** One message: why has it not arrived? */

import { card, chip, facts, fill, h, name, table } from '../dom.js';
import { date, number, time, words } from '../format.js';
import { get } from '../session.js';
import { clientLink, missing } from './clients.js';

const REFRESH_MILLIS = 3000;
const LOST = new Set(['expired', 'dropped', 'dead']);

/** What a state means where the server has no story of the message. */
const STATES = {
  queued: 'It is stored, and was not written to a connection yet.',
  sent: 'It was written to a connection, and is not confirmed yet.',
  acknowledged: 'A device of the client has confirmed it.',
  expired: 'Its time ran out before a device confirmed it.',
  dropped: 'The outbox was full, and it gave way to newer messages.',
  dead: 'It was given up: see the dead letters.',
};

export function message(shown) {
  const who = shown.parameters.get('client') ?? '';
  const id = shown.parameters.get('id') ?? '';
  const field = (label, input, value) =>
    h('label.grow', null, label, h('input', { name: input, required: true, value, spellcheck: 'false', autocapitalize: 'none', dir: 'auto' }));
  const form = h('form', {
    autocomplete: 'off',
    submit: (event) => {
      event.preventDefault();
      const wanted = new FormData(event.target);
      location.hash = `#/message?${new URLSearchParams({ client: wanted.get('client').trim(), id: wanted.get('id').trim() })}`;
    },
  }, h('div.row', null, field('Client', 'client', who), field('Message id', 'id', id), h('button.primary', { type: 'submit' }, 'Explain')));
  const answer = h('div.view', { 'aria-live': 'polite' });
  shown.heading.textContent = 'Why has it not arrived?';
  shown.root.append(h('section.card', null, form), answer);
  if (!who || !id) {
    answer.append(h('p.muted', null, 'The client and the id of a message: the receipt of the publisher has the id. The answer names the one reason that keeps the message from arriving, or says when it did.'));
    return;
  }
  let before = '';
  shown.every(REFRESH_MILLIS, async () => {
    const found = await explained(who, id);
    const now = JSON.stringify(found);
    if (!shown.ended && now !== before) { // a screen reader would read all of it again
      before = now;
      fill(answer, ...found.known ? show(who, id, found.known) : [nothing(who, id)]);
    }
  });
}

/** The server's explanation; where it has none, the state of the message. */
async function explained(client, id) {
  try {
    return { known: await get('explain', { client, id }) };
  } catch (error) {
    if (error.status !== 404) {
      throw error;
    }
  }
  try {
    const known = await get('message', { client, id });
    return { known: { cause: known.state, text: STATES[known.state], ...known } };
  } catch (error) {
    if (error.status !== 404) {
      throw error;
    }
    return { known: null };
  }
}

function nothing(client, id) {
  return h('section.card', null, h('div.answer', { 'data-kind': 'bad' },
    h('strong', null, 'No such message is known.'),
    h('span', null, 'No message to the client ', name(client), ' has the id ', name(id), ', or it was settled more than a day ago.')));
}

function show(client, id, known) {
  const arrived = known.state === 'acknowledged';
  const kind = arrived ? 'ok' : LOST.has(known.state) ? 'bad' : 'warn';
  const also = known.also ?? [];
  return [
    h('section.card', null, h('div.answer', { 'data-kind': kind },
      h('div', null, chip(spoken(known.cause), kind)),
      h('strong', null, name(known.text, 'span')),
      known.advice && h('span', null, name(known.advice, 'span')),
      known.until > 0 && h('span.muted', null, `Until ${date(known.until)}.`),
      also.length > 0 && h('span.muted', null, `Besides: ${also.map(spoken).join(', ')}.`))),
    known.story && card('Story', story(known.story), known.story_complete === false && h('p.muted', null, 'The beginning is not known any more: the node has been restarted since, or has forgotten it.')),
    known.devices?.length > 0 && card('Devices', devices(known.devices)),
    card('Message', facts([
      ['Client', clientLink(client)],
      ['Id', name(id)],
      known.state && ['State', words(known.state)],
      known.offset > 0 && ['Offset', number(known.offset)],
      known.published_at > 0 && ['Published', date(known.published_at)],
    ]), missing(known.missing_nodes)),
  ];
}

function story(steps) {
  if (steps.length === 0) {
    return h('p.empty', null, 'This node knows nothing of its way.');
  }
  return h('ol.story', null, steps.map((step) => h('li', null,
    h('time', step.at ? { datetime: new Date(step.at).toISOString() } : null, step.at ? time(step.at) : ''),
    h('span', null, h('strong', null, words(step.what)), ' ', name(step.text, 'span'), step.node > 0 && h('span.muted', null, ` node ${step.node}`)))));
}

/** breaker-open as breaker open. */
function spoken(cause) {
  return cause.replaceAll('-', ' ');
}

function devices(list) {
  return table('Devices', [
    { title: 'Device', cell: ({ device }) => name(device) },
    { title: 'State', cell: ({ connected }) => (connected ? chip('connected', 'ok') : chip('away')) },
    { title: 'Cause', cell: (device) => (device.text ? name(device.text, 'span') : spoken(device.cause)) },
    { title: 'Cursor', number: true, cell: ({ cursor }) => number(cursor ?? 0) },
    { title: 'Seen', cell: ({ seen_at: at }) => date(at) },
  ], list, 'No device has ever connected.');
}
