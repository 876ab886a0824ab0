/** The page: connects as a client, shows its messages, and sends to any client. */

import { Holdfast, State } from './holdfast.js';
import { askState, send } from './api.js';
import { showCalls } from './call.js';
import { age, messageRow, sentRow, setChip } from './rows.js';

const MAX_ROWS = 500;

/** How many requests for publish times may run at the same time. Other messages show their time of arrival. */
const MAX_QUESTIONS = 100;

const FINAL = new Set(['acknowledged', 'expired', 'dropped', 'dead']);
const WORDS = {
  [State.IDLE]: 'Not connected',
  [State.CONNECTING]: 'Connecting …',
  [State.CONNECTED]: 'Connected',
  [State.WAITING]: 'Connection lost, trying again …',
  [State.OFFLINE]: 'Offline',
  [State.CLOSED]: 'Closed',
};

const $ = (id) => document.getElementById(id);

let insecure = false;
let holdfast = null;
let received = 0;

/** When the present connection was made. A message that was published earlier came while the client was away. */
let connectedAt = 0;
let questions = 0;

/** The messages sent from this page whose state may still change. */
const watched = new Map();

async function start() {
  try {
    const mode = await (await fetch('mode')).json();
    insecure = mode.insecure;
    $('version').textContent = `Holdfast ${mode.version}`;
  } catch {
    notice('The server does not answer. Reload the page when the server runs.');
  }
  $('insecure').hidden = !insecure;
  if (insecure) {
    showCalls(() => holdfast);
  }
  document.querySelectorAll('[data-secure]').forEach((field) => {
    field.hidden = insecure;
    field.querySelector('input').required = !insecure;
  });
  const client = remembered();
  if (client) {
    $('client').value = client;
    $('to').value = client;
    if (insecure) {
      connect(client);
    }
  }
  showCurl();
  setInterval(everySecond, 1000);
}

// --- receiving

function connect(client) {
  const token = $('token').value.trim();
  holdfast = new Holdfast({ ...(insecure ? { client } : { token }), storage: storage() });
  holdfast.on('message', showMessage);
  holdfast.on('state', showState);
  holdfast.on('lost', () => notice('Some messages are lost: they were too old, or there were too many of them.'));
  holdfast.on('error', ({ error }) => notice(error.message));
  holdfast.connect();
  remember(client);
  $('me').textContent = client;
  $('connect').hidden = true;
  $('session').hidden = false;
  if (!$('to').value) {
    $('to').value = client;
  }
  showCurl();
}

function showState({ state, code, reason }) {
  $('state').dataset.state = state;
  $('state').textContent = WORDS[state];
  if (state === State.CONNECTED) {
    connectedAt = Date.now();
    notice('');
  }
  const closed = state === State.CLOSED;
  $('toggle').textContent = state === State.OFFLINE || closed ? 'Go online' : 'Go offline';
  if (closed && code !== 1000) {
    notice(`The server closed the connection: ${reason || 'no reason given'} (${code}).`);
  }
}

async function showMessage(message) {
  received++;
  $('empty').hidden = true;
  $('count').textContent = received === 1 ? '1 message' : `${received} messages`;
  const row = messageRow(message);
  $('messages').prepend(row);
  while ($('messages').children.length > MAX_ROWS) {
    $('messages').lastElementChild.remove();
  }
  showPublishTime(row, message);
}

/** A push has no publish time. The server tells it to callers with a key; without one, the row shows the time since arrival. */
async function showPublishTime(row, message) {
  if (!message.id || questions >= MAX_QUESTIONS) {
    return;
  }
  const ourConnection = connectedAt;
  questions++;
  const known = await askState(key(), $('me').textContent, message.id);
  questions--;
  if (!known) {
    return;
  }
  row.dataset.since = known.published_at;
  row.querySelector('.age').textContent = age(known.published_at);
  if (known.published_at < ourConnection) {
    setChip(row, 'while you were away');
  }
}

function toggle() {
  if (holdfast.state === State.OFFLINE || holdfast.state === State.CLOSED) {
    holdfast.online();
  } else {
    holdfast.offline();
  }
}

async function leave() {
  const left = holdfast;
  holdfast = null;
  await left.close();
  remember('');
  $('messages').replaceChildren();
  received = 0;
  $('count').textContent = '';
  $('empty').hidden = false;
  $('session').hidden = true;
  $('connect').hidden = false;
  $('state').dataset.state = State.IDLE;
  $('state').textContent = WORDS[State.IDLE];
  notice('');
  $('client').focus();
}

// --- sending

async function submit(event) {
  event.preventDefault();
  const [client, text, ttl] = [$('to').value.trim(), $('text').value, $('ttl').value];
  const button = event.submitter ?? $('send').querySelector('button');
  button.disabled = true;
  $('send-error').textContent = '';
  try {
    const receipt = await send(key(), { client, data: { text }, ttl: ttl === '' ? null : Number(ttl) });
    const row = sentRow(client, text, receipt);
    $('sent').prepend(row);
    $('sent-empty').hidden = true;
    watched.set(row, { client, id: receipt.id });
    $('text').value = '';
  } catch (error) {
    $('send-error').textContent = error.message;
  } finally {
    button.disabled = false;
    $('text').focus();
  }
}

async function watchSent() {
  for (const [row, { client, id }] of watched) {
    const known = await askState(key(), client, id);
    if (known) {
      setChip(row, known.state, known.state);
      if (FINAL.has(known.state)) {
        watched.delete(row);
      }
    }
  }
}

// --- small things

let watching = false;

async function everySecond() {
  for (const row of $('messages').children) {
    row.querySelector('.age').textContent = age(Number(row.dataset.since));
  }
  if (!watching) {
    watching = true;
    await watchSent();
    watching = false;
  }
}

function key() {
  return insecure ? 'dev' : $('key').value.trim();
}

function notice(text) {
  $('notice').textContent = text;
  $('notice').hidden = !text;
}

function showCurl() {
  const body = JSON.stringify({ client: $('to').value || 'u1', data: { text: 'Hello' } });
  $('curl').textContent =
    `curl -H 'X-API-Key: ${insecure ? 'dev' : '…'}' ${location.origin}/api/send -d '${body.replaceAll("'", "'\\''")}'`;
}

/** The storage of this tab: after a reload the page continues as the same client. Undefined if the browser forbids it. */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

function remember(client) {
  storage()?.setItem('client', client);
}

function remembered() {
  return storage()?.getItem('client') ?? '';
}

$('connect').addEventListener('submit', (event) => {
  event.preventDefault();
  connect($('client').value.trim());
});
$('toggle').addEventListener('click', toggle);
$('leave').addEventListener('click', leave);
$('send').addEventListener('submit', submit);
$('to').addEventListener('input', showCurl);
$('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('send').requestSubmit();
  }
});
$('copy').addEventListener('click', async () => {
  await navigator.clipboard?.writeText($('curl').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => ($('copy').textContent = 'Copy'), 1500);
});

start();
