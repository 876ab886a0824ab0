/** Sends to any client, and lists what was sent with its state. */

import { askSeen, askState, newId, send } from './api.js';
import { fault, sentRow, setChip, setNote } from './rows.js';

const $ = (id) => document.getElementById(id);
const FINAL = new Set(['acknowledged', 'expired', 'dropped', 'dead']);

let key;

/** The message that was sent last and has no receipt: { message, id, unknown }. Null if there is none. */
let unsettled = null;

/** The messages sent from this page whose state may still change. */
const watched = new Map();

/** @param {() => string} apiKey the key as it is now */
export function showSending(apiKey) {
  key = apiKey;
  $('send').addEventListener('submit', submit);
  $('text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $('send').requestSubmit();
    }
  });
}

async function submit(event) {
  event.preventDefault();
  const ttl = $('ttl').value;
  const message = { client: $('to').value.trim(), data: { text: $('text').value }, ttl: ttl === '' ? null : Number(ttl) };
  // The same message once more has the same id, so that it is stored once.
  if (JSON.stringify(unsettled?.message) !== JSON.stringify(message)) {
    unsettled = { message, id: newId() };
  }
  const sent = unsettled;
  const button = event.submitter ?? $('send').querySelector('button');
  button.disabled = true;
  $('send-error').textContent = '';
  fault('to', '');
  let next = 'text';
  try {
    accepted(sent, await send(key(), { ...message, id: sent.id }));
  } catch (error) {
    sent.unknown = error.unknown;
    if (error.field === 'client') {
      fault('to', error.message);
      next = 'to';
    } else {
      $('send-error').textContent = error.message;
    }
  } finally {
    button.disabled = false;
    $(next).focus();
  }
}

/** The message is stored. */
async function accepted(sent, receipt) {
  if (unsettled !== sent) {
    return;
  }
  unsettled = null;
  const { client, data } = sent.message;
  const row = sentRow(client, data.text, receipt);
  $('sent').prepend(row);
  $('sent-empty').hidden = true;
  watched.set(row, { client, id: sent.id });
  if ($('text').value === data.text) {
    $('text').value = '';
  }
  const seen = await askSeen(key(), client);
  if (seen === false && row.querySelector('.chip').dataset.state === 'queued') {
    setNote(row, 'never seen here');
  }
}

/** The connection is back: whether a message is stored of which this was not known. */
export async function settle() {
  const sent = unsettled;
  if (!sent?.unknown) {
    return;
  }
  const known = await askState(key(), sent.message.client, sent.id);
  if (unsettled === sent) {
    $('send-error').textContent = '';
    if (known) {
      accepted(sent, known);
    }
  }
}

/** Shows what has become of the messages that were sent. */
export async function watchSent() {
  for (const [row, { client, id }] of watched) {
    const known = await askState(key(), client, id);
    if (known) {
      setChip(row, known.state, known.state);
      if (known.state !== 'queued') {
        setNote(row, '');
      }
      if (FINAL.has(known.state)) {
        watched.delete(row);
      }
    }
  }
}
