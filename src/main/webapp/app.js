/** The page: connects as a client and shows its messages. */

import { Holdfast, State } from './holdfast.js';
import { askState } from './api.js';
import { showCalls } from './call.js';
import { age, fault, messageRow, setChip } from './rows.js';
import { settle, showSending, watchSent } from './sending.js';

const MAX_ROWS = 500;

/** How many requests for publish times may run at the same time. Other messages show their time of arrival. */
const MAX_QUESTIONS = 100;

/** Between two attempts to reach the server when the page opens. */
const RETRY_MILLIS = 2000;

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

async function start() {
  const mode = await askMode();
  insecure = mode.insecure;
  $('version').textContent = `Holdfast ${mode.version}`;
  $('insecure').hidden = !insecure;
  if (insecure) {
    showCalls(() => holdfast);
  }
  document.querySelectorAll('[data-secure]').forEach((field) => {
    field.hidden = insecure;
    field.querySelector('input').required = !insecure;
  });
  $('reload').textContent =
    'After a reload the list starts empty, and messages that were shown here do not come again. ' +
    (insecure ? 'This tab stays the same client.' : 'The token is not kept: paste it again.');
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

/** Asks until there is an answer. */
async function askMode() {
  for (;;) {
    try {
      const mode = await (await fetch('mode')).json();
      notice('');
      return mode;
    } catch {
      notice('The server does not answer. Trying again …');
      await new Promise((resolve) => {
        setTimeout(resolve, RETRY_MILLIS);
      });
    }
  }
}

// --- receiving

function connect(client) {
  const token = $('token').value.trim();
  fault('client', '');
  fault('token', '');
  holdfast = new Holdfast({ ...(insecure ? { client } : { token }), storage: storage() });
  holdfast.on('message', showMessage);
  holdfast.on('state', showState);
  holdfast.on('lost', () => notice('Some messages are lost: they were too old, or there were too many of them.'));
  holdfast.on('error', ({ error }) => notice(error.message));
  holdfast.connect();
  remember(client);
  // Who sends to himself goes on doing so.
  if (!$('to').value || $('to').value === $('me').textContent) {
    $('to').value = client;
    fault('to', '');
  }
  $('me').textContent = client;
  $('connect').hidden = true;
  $('session').hidden = false;
  showCurl();
}

function showState({ state, code, reason }) {
  $('state').dataset.state = state;
  $('state').textContent = WORDS[state];
  if (state === State.CONNECTED) {
    connectedAt = Date.now();
    notice('');
    settle();
  }
  const closed = state === State.CLOSED;
  $('toggle').textContent = state === State.OFFLINE || closed ? 'Go online' : 'Go offline';
  const field = closed && refusedField(code);
  if (field) {
    showForm();
    fault(field, reason.replace(/^bad request: /, ''));
    $(field).focus();
  } else if (closed && code !== 1000) {
    notice(`The server closed the connection: ${reason || 'no reason given'} (${code}).`);
  }
}

/** The field that the server means when it refuses a connection with this code. */
function refusedField(code) {
  if (insecure) {
    return code === 107 ? 'client' : null;
  }
  return [101, 109, 3500].includes(code) ? 'token' : null;
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
  await holdfast.close();
  $('messages').replaceChildren();
  received = 0;
  $('count').textContent = '';
  $('empty').hidden = false;
  showForm();
  $('client').select();
}

/** The connection is over: whoever is to be the client is asked again. */
function showForm() {
  holdfast = null;
  remember('');
  $('session').hidden = true;
  $('connect').hidden = false;
  $('state').dataset.state = State.IDLE;
  $('state').textContent = WORDS[State.IDLE];
  notice('');
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
$('to').addEventListener('input', showCurl);
$('copy').addEventListener('click', async () => {
  await navigator.clipboard?.writeText($('curl').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => ($('copy').textContent = 'Copy'), 1500);
});

showSending(key);
start();
