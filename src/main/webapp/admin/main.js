/** The frame: login, navigation, and the view that the address names. */

import { $, fill, h, toast } from './dom.js';
import { hasKey, isAdmin, login, logout, resume, self, whenLost } from './session.js';
import { sample, stopSampling } from './samples.js';
import { breakers } from './views/breakers.js';
import { channel, channels } from './views/channels.js';
import { cleanup } from './views/cleanup.js';
import { client, clients } from './views/clients.js';
import { letter, letters } from './views/letters.js';
import { message } from './views/message.js';
import { nodes } from './views/nodes.js';
import { overview } from './views/overview.js';

/** Word in the address, title, view of the list, view of one. */
const VIEWS = [
  { word: '', title: 'Overview', list: overview },
  { word: 'clients', title: 'Clients', list: clients, one: client },
  { word: 'message', title: 'Message', list: message },
  { word: 'channels', title: 'Channels', list: channels, one: channel },
  { word: 'dead-letters', title: 'Dead letters', list: letters, one: letter },
  { word: 'breakers', title: 'Breakers', list: breakers },
  { word: 'cleanup', title: 'Cleanup', list: cleanup },
  { word: 'nodes', title: 'Nodes', list: nodes },
];

/** Between two attempts to reach a server that does not answer. */
const RETRY_MILLIS = 3000;

/** The view on the screen; what it still asks for is dropped when another one is shown. */
let shown = null;

async function start() {
  whenLost(showLogin);
  for (;;) {
    try {
      if (await resume()) {
        showShell();
      } else {
        showLogin('');
      }
      return;
    } catch (error) {
      if (error.status === 403) {
        showLogin(error.message);
        return;
      }
      showLogin(`${error.message} Trying again …`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
}

function showLogin(why) {
  leave();
  stopSampling();
  $('view').replaceChildren();
  $('shell').hidden = true;
  $('login').hidden = false;
  $('login-error').textContent = why;
  $('key').focus();
  suggestKey();
}

/** In development the key is known to everybody. */
async function suggestKey() {
  const mode = await fetch('../mode').then((answer) => answer.json()).catch(() => ({}));
  if (mode.insecure && !$('key').value) {
    $('key').value = 'dev';
  }
}

async function submitLogin(event) {
  event.preventDefault();
  const submit = $('login-form').querySelector('button');
  submit.disabled = true;
  $('login-error').textContent = '';
  try {
    await login($('key').value.trim());
    $('key').value = '';
    showShell();
  } catch (error) {
    $('login-error').textContent = error.status === 401 ? 'The server does not know this key.' : error.message;
    $('key').setAttribute('aria-invalid', 'true');
    $('key').focus();
  } finally {
    submit.disabled = false;
  }
}

function showShell() {
  $('key').removeAttribute('aria-invalid');
  $('login').hidden = true;
  $('shell').hidden = false;
  $('role').textContent = isAdmin() ? 'admin' : 'reader';
  $('who').textContent = self.name;
  $('node').textContent = [self.node, self.number > 0 && `node ${self.number}`, self.version].filter(Boolean).join(' · ');
  $('logout').hidden = !hasKey();
  $('insecure').hidden = !self.insecure;
  sample();
  route();
}

function route() {
  if ($('shell').hidden) {
    return;
  }
  leave();
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  const slash = path.indexOf('/');
  const word = slash < 0 ? path : path.slice(0, slash);
  const view = VIEWS.find((each) => each.word === word) ?? VIEWS[0];
  const one = slash < 0 || !view.one ? null : decoded(path.slice(slash + 1));
  fill($('nav'), VIEWS.map((each) =>
    h('a', { href: `#/${each.word}`, 'aria-current': each === view ? 'page' : null, 'data-key': each.word }, each.title)));
  $('nav').querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  document.title = `${one ?? view.title} – Holdfast`;
  const heading = h('h1', null, view.title);
  const body = h('div.view');
  $('view').replaceChildren(heading, body);
  shown = new Shown(body, heading, new URLSearchParams(search));
  (one === null ? view.list : view.one)(shown, one);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function leave() {
  shown?.end();
  shown = null;
  fault('');
}

function fault(text) {
  if ($('fault').textContent !== text) {
    $('fault').textContent = text;
    $('fault').hidden = !text;
  }
}

/** A view while it is on the screen. */
class Shown {
  #timers = new Set();
  #afterwards = [];
  #ended = false;

  /** @param {URLSearchParams} parameters behind the question mark of the address */
  constructor(root, heading, parameters) {
    this.root = root;
    this.heading = heading;
    this.parameters = parameters;
  }

  get ended() {
    return this.#ended;
  }

  /** Does it now and then again and again, while the page can be seen. A failure is told, and the next success takes it back. */
  async every(millis, work, first = true) {
    if (first || !document.hidden) {
      await this.attempt(work);
    }
    if (!this.#ended) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.every(millis, work, false);
      }, millis);
      this.#timers.add(timer);
    }
  }

  /** Does it, and tells a failure. @returns what it returns; undefined if it failed or the view is not shown any more */
  async attempt(work) {
    try {
      const result = await work();
      if (!this.#ended) {
        fault('');
        return result;
      }
    } catch (error) {
      if (!this.#ended) {
        fault(error.message);
      }
      if (error.status === undefined) {
        throw error;
      }
    }
    return undefined;
  }

  /** Does what somebody asked for, and shows the view anew. A failure is told, and stays for a while. */
  async act(work, read) {
    try {
      await work();
    } catch (error) {
      toast(error.message, 'bad');
      if (error.status === undefined) {
        throw error;
      }
    }
    if (!this.#ended) {
      await this.attempt(read);
    }
  }

  /** Does it when another view is shown. */
  whenEnded(work) {
    this.#afterwards.push(work);
  }

  end() {
    this.#ended = true;
    this.#timers.forEach(clearTimeout);
    this.#afterwards.forEach((work) => work());
  }
}

$('login-form').addEventListener('submit', submitLogin);
$('logout').addEventListener('click', () => {
  logout();
  showLogin('');
});
$('skip').addEventListener('click', (event) => {
  event.preventDefault(); // the address names the view
  $('view').focus();
});
addEventListener('hashchange', () => {
  route();
  $('view').focus({ preventScroll: true });
  scrollTo(0, 0);
});
start();
