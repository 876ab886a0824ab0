// @ts-self-types="./holdfast.d.ts"
/**
 * Holdfast's own client: a small ES module without dependencies. It runs in browsers and in Node 22 or newer, and in
 * older versions of Node with the option WebSocket.
 *
 *     import { Holdfast } from '/holdfast.js';
 *
 *     const holdfast = new Holdfast({ token: () => fetch('/my/token').then((r) => r.text()) });
 *     holdfast.on('message', async (message) => { await save(message.data); });
 *     holdfast.on('state', ({ state }) => { … });
 *     holdfast.connect();
 *
 * The promises of this module, together with the server:
 *
 * - Messages of a channel come in order, each once to this instance, and one at a time: the next message waits until the
 *   promises of all 'message' listeners have resolved. While there is no 'message' listener, messages wait.
 * - After that, the message is confirmed, if it was sent to this client. A reloaded page continues after the last
 *   confirmed message. With the option storage it continues in every channel after the last message that this tab has
 *   handled.
 * - After a lost connection the module reconnects, after a random delay that grows (full jitter). Every subscription
 *   continues where it was: the outbox, the channels of the token, those of subscribe(). If a subscription cannot
 *   continue, an event says so ('lost', 'unsubscribed').
 *
 * Add listeners with on(name, listener). It returns a function that removes the listener. The events are:
 *
 * - 'message'      { channel, data, id, offset, epoch, tags, info, expiresAt, receivedAt }. If the message was sent as
 *                  non-critical, offset is 0, and the message has no place in the stream. info tells which client made
 *                  the publication; it is null if no client made it. expiresAt is a Date or null.
 *                  A listener that throws or rejects gets the same message again, with growing delays, up to
 *                  handlerAttempts times. Then an 'error' tells that the message was given up, and the next one follows.
 * - 'state'        { state, previous, code, reason, retryInMillis }: see State.
 * - 'lost'         { channel }: messages since the last position are gone, or were never stored; those that are left follow.
 * - 'subscribed'   { channel, data }: messages of this channel come from now on, for the first time or again. data comes
 *                  from the call of /api/subscribe, and is undefined for other subscriptions.
 * - 'unsubscribed' { channel, code, reason }: messages of this channel no longer come, although unsubscribe() was not
 *                  called. A subscription made by /api/subscribe ends with its connection. If there is no listener for
 *                  this event, an 'error' follows instead.
 * - 'error'        { error, message, channel }: a failure that no promise reports. Without listener: console.error.
 */

/** The states of a connection. */
export const State = Object.freeze({
  /** connect() has not been called yet. */
  IDLE: 'idle',
  /** A connection is being made. */
  CONNECTING: 'connecting',
  /** Messages come. */
  CONNECTED: 'connected',
  /** The connection was lost or could not be made; the next attempt comes by itself. */
  WAITING: 'waiting',
  /** offline() was called. */
  OFFLINE: 'offline',
  /** close() was called, or the server refused the client: code and reason say why. connect() tries again. */
  CLOSED: 'closed',
});

/** An error from the server or from this module. temporary means that the same call may succeed later. */
export class HoldfastError extends Error {
  constructor(code, message, temporary = false) {
    super(message);
    this.name = 'HoldfastError';
    this.code = code;
    this.temporary = temporary;
  }
}

/** Error codes of this module. The server uses none of them. */
const TIMEOUT = 1;
const NOT_CONNECTED = 2;
const CANCELLED = 3;
const NOT_MADE_AGAIN = 4;
const NOT_OURS = 5;

const ALREADY_SUBSCRIBED = 105;
const TOKEN_EXPIRED = 109;
const CONNECTION_EXPIRED = 3005;
const SUBSCRIPTION_EXPIRED = 3006;

/** An unsubscribe push with this code or a higher one asks the client to subscribe again. */
const SUBSCRIBE_AGAIN = 2500;

/** WebSocket.OPEN, a constant that not every constructor has. */
const OPEN = 1;

const DEFAULTS = {
  url: undefined,
  token: undefined,
  client: undefined,
  device: undefined,
  data: undefined,
  outbox: true,
  storage: undefined,
  WebSocket: undefined,
  minDelayMillis: 300,
  maxDelayMillis: 20_000,
  commandTimeoutMillis: 10_000,
  publishTimeoutMillis: 60_000,
  pingGraceMillis: 10_000,
  handlerAttempts: 3,
  handlerDelayMillis: 500,
  maxWaiting: 10_000,
};

/** After a connection that lasted this long, the delays start again at the first one. */
const STABLE_MILLIS = 10_000;

/** The shortest time between two acks, and between two writes to the storage, while messages wait for their handlers. */
const ACK_EVERY_MILLIS = 200;

/** A token is renewed when this part of its lifetime has passed. */
const RENEW_AT = 0.8;

/** Positions of earlier pages that are kept although this page has not subscribed to their channels. */
const MAX_UNCLAIMED = 1000;

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export class Holdfast {
  #options;
  #url;
  #state = State.IDLE;
  #listeners = {
    message: new Set(),
    state: new Set(),
    lost: new Set(),
    subscribed: new Set(),
    unsubscribed: new Set(),
    error: new Set(),
  };

  /** The present socket. Events of earlier sockets are ignored. */
  #socket = null;
  #connectedAt = 0;
  #pingMillis = 0;
  #attempts = 0;
  #token;
  #timers = {};

  #nextId = 1;
  #replies = new Map();

  /** Channel name to Channel. It includes the outbox as soon as the server has told its name. */
  #channels = new Map();
  /** Channel name to the position that an earlier page left in the storage. */
  #remembered = new Map();
  /** { channel, message } in the order of arrival. */
  #waiting = [];
  #handling = null;
  #paused = false;
  #closing = false;

  /**
   * @param {object} [options]
   * @param {string|URL} [options.url] of the endpoint. The default is connection/websocket next to this module,
   *   so it works with any context root. It is required in Node, and if a bundler has moved the module
   * @param {string|(() => string|Promise<string>)} [options.token] connect token, or a function that gets a fresh one
   * @param {string} [options.client] name of the client; used only in the server's insecure mode
   * @param {string} [options.device] name of this installation, which has its own cursor. It has one connection at a
   *   time: the newest one wins. Without it: the unnamed device, which may have many connections (tabs)
   * @param {object} [options.data] more fields for connect.data
   * @param {boolean} [options.outbox] false: the client gets no outbox, only channels
   * @param {Pick<Storage, 'getItem' | 'setItem'>} [options.storage] keeps positions over a reload of the page:
   *   usually sessionStorage. Only one instance in a page may use it. Do not use localStorage, which tabs share
   * @param {typeof WebSocket} [options.WebSocket] constructor, if there is no global one
   * @param {number} [options.minDelayMillis] upper bound of the first delay before reconnecting
   * @param {number} [options.maxDelayMillis] upper bound of all delays
   * @param {number} [options.commandTimeoutMillis] for one answer of the server
   * @param {number} [options.publishTimeoutMillis] for publish(), all its attempts together
   * @param {number} [options.pingGraceMillis] if nothing has come for this much longer than the server's ping interval,
   *   the connection is dead
   * @param {number} [options.handlerAttempts] how often a message is given to a listener that fails
   * @param {number} [options.handlerDelayMillis] before the second attempt; doubles
   * @param {number} [options.maxWaiting] if more messages than this wait for their handlers, the connection is
   *   closed until half of them are done. The server keeps the others
   */
  constructor(options = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#url = endpoint(this.#options.url);
    this.#token = new Token(this.#options.token);
    this.#options.WebSocket ??= globalThis.WebSocket;
    if (!this.#options.WebSocket) {
      throw new TypeError('There is no global WebSocket: pass a constructor in the option WebSocket');
    }
    this.#remember();
  }

  /** One of State. */
  get state() {
    return this.#state;
  }

  /** Name of the client's outbox, '#' and the client id; undefined before the first connection. */
  get outbox() {
    return [...this.#channels.values()].find((channel) => channel.isOutbox)?.name;
  }

  /** Adds a listener. Returns a function that removes it. */
  on(event, listener) {
    const listeners = this.#listeners[event];
    if (!listeners) {
      throw new TypeError(`There is no event ${event}; there are ${Object.keys(this.#listeners).join(', ')}`);
    }
    listeners.add(listener);
    if (event === 'message' && this.#waiting.length) {
      this.#handling ??= this.#handle();
    }
    return () => listeners.delete(listener);
  }

  /** Connects, and reconnects when needed. Does nothing while connected or connecting. Add the listeners first: waiting messages come at once. */
  connect() {
    if (this.#state === State.CONNECTING || this.#state === State.CONNECTED) {
      return;
    }
    globalThis.addEventListener?.('online', this.#hurry);
    this.#attempts = 0;
    this.#paused = false;
    this.#closing = false;
    this.#open();
  }

  /** Ends the connection until online() is called. Positions, subscriptions and received messages are kept. */
  offline() {
    if (this.#state !== State.CLOSED) {
      this.#settle();
      this.#drop(1000, 'offline');
      this.#become(State.OFFLINE);
    }
  }

  /** Comes back from offline(); the same as connect(). */
  online() {
    this.connect();
  }

  /**
   * Closes this instance. Messages whose handlers have not begun are not confirmed: the next instance gets them, or
   * this one after connect().
   *
   * @returns {Promise<void>} resolves when the running handler has ended and its message is confirmed
   */
  async close() {
    globalThis.removeEventListener?.('online', this.#hurry);
    this.#closing = true;
    this.#waiting.length = 0;
    this.#clear('retry');
    this.#channels.forEach((channel) => channel.stop());
    await this.#handling;
    this.#settle();
    this.#channels.forEach((channel) => channel.goBack());
    this.#drop(1000, 'closed');
    this.#become(State.CLOSED, { code: 1000, reason: 'closed' });
  }

  /**
   * Subscribes to a channel, now and after every reconnect. After a reconnect the subscription continues where it was.
   *
   * @param {string} name
   * @param {object} [options] they apply only if the channel is not subscribed yet
   * @param {string|(() => string|Promise<string>)} [options.token] subscription token, or a function that gets a fresh one
   * @param {{epoch: string, offset: number}} [options.since] the position after which to begin, such as that of the last
   *   message that an earlier instance has handled. Without it, only new publications come
   * @returns {Promise<void>} resolves after the first subscribe reply of the server; rejects with HoldfastError if
   *   the server refuses
   */
  subscribe(name, { token, since } = {}) {
    const channel = this.#channel(name);
    if (!channel.wanted) {
      channel.wanted = true;
      channel.token = new Token(token);
      if (!channel.live && since) {
        channel.setPosition(since);
      }
      if (!channel.live && this.#state === State.CONNECTED) {
        this.#subscribe(channel);
      }
    }
    return channel.subscribed;
  }

  /**
   * Ends a subscription made by subscribe(). Its messages that wait for their handlers are discarded.
   *
   * @param {string} name
   * @returns {Promise<void>} rejects with HoldfastError if the server made this subscription: only the server can end it
   */
  async unsubscribe(name) {
    const channel = this.#channels.get(name);
    if (!channel) {
      return;
    }
    if (!channel.wanted) {
      throw new HoldfastError(NOT_OURS, `the server made the subscription to ${name}, and only the server can end it`);
    }
    this.#forget(channel, new HoldfastError(CANCELLED, 'unsubscribed'));
    this.#settle();
    if (this.#state === State.CONNECTED) {
      try {
        await this.#command('unsubscribe', { channel: name });
      } catch (error) {
        // With the connection the subscription ends too.
        if (error.code === TIMEOUT) {
          this.#lose(error.message);
        } else if (error.code !== NOT_CONNECTED) {
          throw error;
        }
      }
    }
  }

  /**
   * Publishes, with a message id, so that repeating it after a lost connection stores nothing twice: it is repeated until
   * the server answers or the time is over. '#<client>' is that client's outbox.
   *
   * @param {string} channel
   * @param {*} data whatever JSON can hold
   * @param {object} [options]
   * @param {string} [options.id] message id; a random one if absent
   * @param {number} [options.ttl] time to live in seconds; 0 for no expiry; absent for the channel's default
   * @param {Record<string,string>} [options.tags]
   * @returns {Promise<{id: string, epoch: string, offset: number, duplicate: boolean}>} the receipt: it is stored
   */
  async publish(channel, data, { id = randomId(), ttl, tags } = {}) {
    const until = performance.now() + this.#options.publishTimeoutMillis;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.rpc('publish', { channel, data, id, ttl, tags });
      } catch (error) {
        const delay = Math.random() * this.#delayBound(attempt);
        if (!error.temporary || this.#state === State.CLOSED || performance.now() + delay > until) {
          throw error;
        }
        await sleep(delay);
        await this.#connected(until - performance.now());
      }
    }
  }

  /**
   * Calls a method of the server; resolves with its answer. Not repeated.
   *
   * @param {string} method
   * @param {*} [data]
   * @returns {Promise<any>}
   */
  async rpc(method, data) {
    return (await this.#command('rpc', { method, data })).data;
  }

  // --- making and losing the connection

  async #open() {
    this.#clear('retry');
    this.#become(State.CONNECTING);
    let token;
    try {
      token = await this.#token.get();
    } catch (error) {
      if (this.#state === State.CONNECTING) {
        this.#report(error);
        this.#retry(0, 'no token');
      }
      return;
    }
    if (this.#state !== State.CONNECTING || this.#socket) {
      return;
    }
    let socket;
    try {
      socket = new this.#options.WebSocket(this.#url);
    } catch (error) {
      this.#report(error);
      this.#become(State.CLOSED, { code: 0, reason: error.message });
      return;
    }
    this.#socket = socket;
    const ours = (handler) => (event) => {
      if (this.#socket === socket) {
        handler(event);
      }
    };
    socket.addEventListener('open', ours(() => this.#introduce(token)));
    socket.addEventListener('message', ours((event) => this.#receive(event.data)));
    socket.addEventListener('close', ours((event) => this.#closed(event.code, event.reason)));
    // What failed is not told to scripts; the close event follows and decides.
    socket.addEventListener('error', () => {});
    this.#arm('alive', this.#options.commandTimeoutMillis, () => this.#lose('no connection in time'));
  }

  async #introduce(token) {
    const { client, device, data, outbox } = this.#options;
    const subs = {};
    for (const [name, { epoch, offset, wanted }] of this.#remembered) {
      Object.assign(subs, !wanted && { [name]: { recover: true, epoch, offset } });
    }
    for (const channel of this.#channels.values()) {
      Object.assign(subs, !channel.wanted && channel.presented && { [channel.name]: channel.presented });
    }
    const socket = this.#socket;
    const request = {
      token,
      name: 'holdfast.js',
      data: { ...data, client, device, outbox: outbox ? undefined : false, acks: 'explicit', tags: true },
      subs,
    };
    try {
      await this.#command('connect', request, (result) => this.#welcome(result));
    } catch (error) {
      if (this.#socket === socket) {
        this.#unwelcome(error);
      }
    }
  }

  #welcome(result) {
    const socket = this.#socket;
    this.#connectedAt = performance.now();
    this.#pingMillis = (result.ping ?? 0) * 1000;
    this.#clear('alive');
    this.#alive();
    this.#renewIn(result);
    const subs = Object.entries(result.subs ?? {}).map(([name, sub]) => [this.#channel(name), sub]);
    this.#become(State.CONNECTED);
    for (const [channel, sub] of subs) {
      if (this.#socket === socket) {
        this.#joined(channel, sub);
      }
    }
    for (const channel of [...this.#channels.values()].filter((each) => !each.live)) {
      if (this.#socket !== socket) {
        return; // a listener has ended the connection
      }
      if (channel.wanted) {
        this.#subscribe(channel);
      } else {
        this.#ended(channel, new HoldfastError(NOT_MADE_AGAIN, 'the server has not made this subscription again'));
      }
    }
  }

  #unwelcome(error) {
    if (error.code === TOKEN_EXPIRED && this.#token.renewable) {
      this.#token.expire();
      this.#lose('token expired');
    } else if (error.temporary) {
      this.#lose(error.message);
    } else {
      this.#drop(1000, 'refused');
      this.#become(State.CLOSED, { code: error.code, reason: error.message });
    }
  }

  #renewIn({ expires, ttl }) {
    if (expires && this.#token.renewable) {
      this.#arm('renew', renewalMillis(ttl), () => this.#renew(0));
    }
  }

  /** If this fails, the server closes the connection when the token has expired. Then we reconnect with a new token. */
  async #renew(attempt) {
    const socket = this.#socket;
    try {
      this.#token.expire();
      const result = await this.#command('refresh', { token: await this.#token.get() });
      if (this.#socket === socket) {
        this.#renewIn(result);
      }
    } catch (error) {
      if (this.#socket === socket) {
        this.#report(error);
        this.#arm('renew', Math.random() * this.#delayBound(attempt), () => this.#renew(attempt + 1));
      }
    }
  }

  #closed(code, reason) {
    this.#drop();
    if (code === CONNECTION_EXPIRED) {
      this.#token.expire();
    } else if (code === SUBSCRIPTION_EXPIRED) {
      this.#channels.forEach((channel) => channel.token.expire());
    }
    if (comesBack(code)) {
      this.#retry(code, reason);
    } else {
      this.#become(State.CLOSED, { code, reason });
    }
  }

  /** Gives the connection up, whatever the state of the socket. */
  #lose(reason) {
    this.#drop(3000, reason);
    this.#retry(0, reason);
  }

  #retry(code, reason) {
    if (this.#connectedAt && performance.now() - this.#connectedAt > STABLE_MILLIS) {
      this.#attempts = 0;
    }
    this.#connectedAt = 0;
    const millis = this.#paused ? 0 : Math.random() * this.#delayBound(this.#attempts++);
    this.#become(State.WAITING, { code, reason, retryInMillis: this.#paused ? undefined : millis });
    if (!this.#paused) {
      this.#arm('retry', millis, () => this.#open());
    }
  }

  /** Waits until we are connected, at most for the given time, and not if no connection will be made. */
  #connected(millis) {
    if (this.#state === State.CONNECTED || this.#state === State.CLOSED) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        off();
        resolve();
      };
      const timer = setTimeout(end, millis);
      const off = this.on('state', ({ state }) => {
        if (state === State.CONNECTED || state === State.CLOSED) {
          end();
        }
      });
    });
  }

  #delayBound(attempt) {
    const { minDelayMillis, maxDelayMillis } = this.#options;
    return Math.min(maxDelayMillis, minDelayMillis * 2 ** Math.min(attempt, 30));
  }

  /** The browser has a network again: reconnects at once. */
  #hurry = () => {
    if (this.#state === State.WAITING && !this.#paused) {
      this.#open();
    }
  };

  /** Closes the socket, and fails every command that waits for a reply. */
  #drop(code, reason) {
    const socket = this.#socket;
    this.#socket = null;
    for (const timer of Object.keys(this.#timers)) {
      this.#clear(timer);
    }
    this.#channels.forEach((channel) => channel.stop());
    if (socket && code) {
      try {
        socket.close(code, reason.slice(0, 100));
      } catch {
        // The socket was never open.
      }
    }
    const failure = new HoldfastError(NOT_CONNECTED, 'the connection was lost', true);
    for (const reply of this.#replies.values()) {
      clearTimeout(reply.timer);
      reply.reject(failure);
    }
    this.#replies.clear();
  }

  // --- commands and replies

  /** @param {(result: object) => void} [take] gets the result at once, because pushes may follow in the same frame */
  #command(name, request, take) {
    if (this.#socket?.readyState !== OPEN || (name !== 'connect' && this.#state !== State.CONNECTED)) {
      return Promise.reject(new HoldfastError(NOT_CONNECTED, 'not connected', true));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#replies.delete(id);
        reject(new HoldfastError(TIMEOUT, `no answer to ${name} in time`, true));
      }, this.#options.commandTimeoutMillis);
      this.#replies.set(id, { name, resolve, reject, timer, take });
      this.#socket.send(JSON.stringify({ id, [name]: request }));
    });
  }

  #receive(frame) {
    this.#alive();
    let replies;
    try {
      replies = frame.split('\n').map((line) => JSON.parse(line));
    } catch (error) {
      this.#report(error);
      this.#lose('unreadable frame');
      return;
    }
    for (const reply of replies) {
      if (reply.push) {
        this.#pushed(reply.push);
      } else if (reply.id) {
        this.#answered(reply);
      } else if (this.#socket?.readyState === OPEN) {
        this.#socket.send('{}');
      }
    }
  }

  #answered(reply) {
    const command = this.#replies.get(reply.id);
    if (!command) {
      return;
    }
    this.#replies.delete(reply.id);
    clearTimeout(command.timer);
    if (reply.error) {
      command.reject(new HoldfastError(reply.error.code, reply.error.message, reply.error.temporary ?? false));
    } else {
      const result = reply[command.name] ?? {};
      command.take?.(result);
      command.resolve(result);
    }
  }

  #pushed(push) {
    const channel = this.#channels.get(push.channel);
    if (push.pub) {
      if (channel) {
        this.#take(channel, push.pub);
      }
    } else if (push.subscribe) {
      this.#joined(this.#channel(push.channel), push.subscribe);
    } else if (push.unsubscribe) {
      this.#unsubscribed(channel, push.unsubscribe);
    } else if (push.refresh) {
      this.#renewIn(push.refresh);
    }
    // Other pushes (join, leave, …) are not used here; a disconnect comes as a close code.
  }

  /** Something was received: the server is alive. */
  #alive() {
    if (this.#pingMillis) {
      this.#arm('alive', this.#pingMillis + this.#options.pingGraceMillis, () => this.#lose('no ping'));
    }
  }

  // --- channels

  #channel(name) {
    let channel = this.#channels.get(name);
    if (channel) {
      return channel;
    }
    channel = new Channel(name);
    this.#channels.set(name, channel);
    if (this.#remembered.has(name)) {
      channel.setPosition(this.#remembered.get(name));
      this.#remembered.delete(name);
    }
    return channel;
  }

  /** Whether this is still the subscription of its channel, on this connection. */
  #isCurrent(channel, socket) {
    return this.#socket === socket && this.#channels.get(channel.name) === channel;
  }

  async #subscribe(channel) {
    const socket = this.#socket;
    try {
      const token = await channel.token.get();
      if (!this.#isCurrent(channel, socket) || channel.live) {
        return;
      }
      await this.#command('subscribe', { channel: channel.name, token, ...channel.presented }, (result) => {
        if (this.#channels.get(channel.name) === channel) {
          this.#joined(channel, result);
        }
      });
    } catch (error) {
      if (this.#isCurrent(channel, socket)) {
        this.#notSubscribed(channel, error);
      }
    }
  }

  #notSubscribed(channel, error) {
    if (error.code === TIMEOUT) {
      // The server may have carried it out. Only a new connection shows which.
      this.#lose(error.message);
    } else if (error.code === TOKEN_EXPIRED && channel.token.renewable) {
      channel.token.expire();
      this.#subscribeLater(channel);
    } else if (error.temporary) {
      this.#subscribeLater(channel);
    } else if (!(error instanceof HoldfastError)) {
      this.#report(error, { channel: channel.name }); // there was no token
      this.#subscribeLater(channel);
    } else if (error.code !== ALREADY_SUBSCRIBED || !channel.live) {
      this.#ended(channel, error);
    }
  }

  #subscribeLater(channel) {
    channel.arm(Math.random() * this.#delayBound(channel.attempts++), () => this.#subscribe(channel));
  }

  #renewChannelIn(channel, { expires, ttl }) {
    if (expires && channel.token.renewable) {
      channel.arm(renewalMillis(ttl), () => this.#renewChannel(channel, 0));
    }
  }

  /** If this fails, the server ends the subscription with 2501. Then we subscribe again with a new token. */
  async #renewChannel(channel, attempt) {
    const socket = this.#socket;
    try {
      channel.token.expire();
      const token = await channel.token.get();
      const result = await this.#command('sub_refresh', { channel: channel.name, token });
      if (this.#isCurrent(channel, socket)) {
        this.#renewChannelIn(channel, result);
      }
    } catch (error) {
      if (this.#isCurrent(channel, socket) && channel.live) {
        this.#report(error, { channel: channel.name });
        channel.arm(Math.random() * this.#delayBound(attempt), () => this.#renewChannel(channel, attempt + 1));
      }
    }
  }

  /** The server has made a subscription, requested by us or not. */
  #joined(channel, sub) {
    channel.begin();
    this.#renewChannelIn(channel, sub);
    const publications = sub.publications ?? [];
    const lost = channel.goOnFrom(publications.length ? { ...sub, offset: publications[0].offset - 1 } : sub);
    this.#emit('subscribed', { channel: channel.name, data: sub.data });
    if (lost) {
      this.#emit('lost', { channel: channel.name });
    }
    publications.forEach((publication) => this.#take(channel, publication));
    this.#settle();
  }

  #unsubscribed(channel, { code, reason }) {
    if (channel?.wanted && code >= SUBSCRIBE_AGAIN) {
      channel.stop();
      channel.token.expire();
      this.#subscribe(channel);
    } else if (channel) {
      this.#ended(channel, new HoldfastError(code, reason ?? 'unsubscribed by the server'));
    }
  }

  /** A subscription has ended without our request. Messages that were received are still handled. */
  #ended(channel, error) {
    this.#channels.delete(channel.name);
    channel.stop();
    channel.refuse(error);
    if (channel.everSubscribed) {
      if (this.#listeners.unsubscribed.size) {
        this.#emit('unsubscribed', { channel: channel.name, code: error.code, reason: error.message });
      } else {
        this.#report(error, { channel: channel.name });
      }
    }
  }

  #forget(channel, error) {
    this.#channels.delete(channel.name);
    this.#waiting = this.#waiting.filter((each) => each.channel !== channel);
    channel.stop();
    channel.refuse(error);
  }

  #take(channel, publication) {
    const { offset = 0, data, tags = {}, info = null } = publication;
    if (!channel.live || !channel.isNext(offset)) {
      return;
    }
    const { id, expires, ...others } = tags;
    const message = {
      channel: channel.name,
      data,
      id,
      offset,
      epoch: channel.epoch,
      tags: others,
      info,
      expiresAt: expires ? new Date(Number(expires)) : null,
      receivedAt: new Date(),
    };
    this.#waiting.push({ channel, message });
    channel.waiting++;
    this.#handling ??= this.#handle();
    if (this.#waiting.length > this.#options.maxWaiting && !this.#paused) {
      this.#pause();
    }
  }

  // --- handlers and acks

  /** Gives the waiting messages to the listeners, one at a time. */
  async #handle() {
    // Read the rest of the frame first, so that the loop sees all of its messages.
    await null;
    try {
      while (this.#waiting.length && this.#listeners.message.size) {
        const { channel, message } = this.#waiting.shift();
        // Each listener separately: a listener that has succeeded does not get the message again because another one failed.
        const handled = await Promise.all([...this.#listeners.message].map((each) => this.#handOver(message, each)));
        if (handled.every(Boolean)) {
          this.#done(channel, message);
        }
      }
    } finally {
      this.#handling = null;
    }
  }

  /** Returns false if the message must not be confirmed: this instance is closing, and the next one gets the message. */
  async #handOver(message, listener) {
    const { handlerAttempts, handlerDelayMillis } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        await listener(message);
        return true;
      } catch (error) {
        if (this.#closing || attempt >= handlerAttempts) {
          this.#report(error, { message, channel: message.channel });
          return !this.#closing;
        }
        await sleep(handlerDelayMillis * 2 ** (attempt - 1));
      }
    }
  }

  #done(channel, message) {
    channel.done(message);
    if (message.offset && this.#channels.get(channel.name) === channel) {
      if (!this.#waiting.length) {
        this.#settle();
      } else if (!this.#timers.ack) {
        this.#arm('ack', ACK_EVERY_MILLIS, () => this.#settle());
      }
    }
    if (this.#paused && !this.#closing && this.#waiting.length <= this.#options.maxWaiting / 2) {
      this.#paused = false;
      if (this.#state === State.WAITING) {
        this.#open();
      }
    }
  }

  /** Confirms all handled messages, and stores the position. */
  #settle() {
    this.#clear('ack');
    this.#sendAcks();
    const { storage } = this.#options;
    if (storage) {
      const positions = [...this.#remembered].slice(-MAX_UNCLAIMED);
      for (const { name, handled, wanted } of this.#channels.values()) {
        if (handled?.epoch) {
          positions.push([name, { ...handled, wanted }]);
        }
      }
      try {
        storage.setItem(this.#storageKey, JSON.stringify(positions));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** Reads the positions that an earlier page has stored. */
  #remember() {
    try {
      this.#remembered = new Map(JSON.parse(this.#options.storage?.getItem(this.#storageKey) ?? '[]'));
    } catch {
      // Unreadable positions are ignored: the server knows the device's cursor.
    }
  }

  get #storageKey() {
    const { client = '', device = '' } = this.#options;
    return `holdfast ${this.#url} ${client} ${device}`;
  }

  /**
   * The ack is sent again after every reconnect. The server does not answer acks, so it may have been lost with the connection.
   * A repeated ack changes nothing.
   */
  #sendAcks() {
    if (this.#state !== State.CONNECTED || this.#socket?.readyState !== OPEN) {
      return;
    }
    for (const channel of this.#channels.values()) {
      const ack = channel.nextAck();
      if (ack) {
        this.#socket.send(JSON.stringify({ send: { data: { ack } } }));
      }
    }
  }

  #pause() {
    this.#paused = true;
    this.#settle();
    if (!this.#listeners.message.size) {
      this.#report(new Error("Too many messages wait, and nobody listens: add a 'message' listener, or use outbox: false"));
    }
    this.#lose('too many messages wait for their handlers');
  }

  // --- helpers

  #become(state, details = {}) {
    const previous = this.#state;
    if (previous !== state) {
      this.#state = state;
      this.#emit('state', { state, previous, ...details });
    }
  }

  #emit(event, details) {
    for (const listener of this.#listeners[event]) {
      try {
        listener(details);
      } catch (error) {
        if (event !== 'error') {
          this.#report(error);
        }
      }
    }
  }

  #report(error, details = {}) {
    if (this.#listeners.error.size) {
      this.#emit('error', { error, ...details });
    } else {
      console.error('Holdfast:', error);
    }
  }

  #arm(name, millis, action) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(() => {
      delete this.#timers[name];
      action();
    }, millis);
  }

  #clear(name) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }
}

/** A token, or a function that gets new ones. */
class Token {
  #source;
  #last = undefined;

  constructor(source) {
    this.#source = source;
  }

  get renewable() {
    return typeof this.#source === 'function';
  }

  /** A token is used until the server says that it has expired. */
  async get() {
    if (!this.renewable) {
      return this.#source;
    }
    this.#last ??= await this.#source();
    return this.#last;
  }

  expire() {
    this.#last = undefined;
  }
}

/** One subscription, and its position in the stream. */
class Channel {
  /** Whether subscribe() made it. Then we make it again after a reconnect; the server makes the others. */
  wanted = false;
  token = new Token();
  /** Whether its messages come over the present connection. */
  live = false;
  attempts = 0;
  everSubscribed = false;

  epoch = '';
  /** The highest offset that was received. */
  received = 0;
  /** How many received messages wait for their handlers. */
  waiting = 0;
  /** The position after which a new instance would have to continue. */
  handled = null;

  #recoverable = true;
  #timer = undefined;
  /** The last ack, which is repeated after a reconnect. */
  #ack = null;
  /** The last ack that was sent on this connection. */
  #sentAck = null;

  constructor(name) {
    this.name = name;
    this.isOutbox = name.startsWith('#');
    this.subscribed = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.refuse = reject;
    });
    // A caller that does not wait for the promise need not handle its rejection.
    this.subscribed.catch(() => {});
  }

  setPosition({ epoch, offset }) {
    this.epoch = epoch;
    this.received = offset;
    this.handled = { epoch, offset };
  }

  /** The fields that ask for recovery; undefined if there is no position. */
  get presented() {
    return this.epoch && this.#recoverable ? { recover: true, epoch: this.epoch, offset: this.received } : undefined;
  }

  begin() {
    this.stop();
    this.live = true;
    this.attempts = 0;
    this.#sentAck = null;
    this.everSubscribed = true;
    this.resolve();
  }

  /** Takes the position from which the server will push. Returns whether messages between it and our position are lost. */
  goOnFrom({ epoch = '', offset = 0, recoverable = false, was_recovering: recovering, recovered }) {
    const sameStream = this.epoch === epoch;
    const lost = recovering ? !recovered : this.epoch !== '' && !(sameStream && offset <= this.received);
    this.received = sameStream && !lost ? Math.max(this.received, offset) : offset;
    this.epoch = epoch;
    this.#recoverable = recoverable;
    if (!this.waiting) {
      this.handled = { epoch, offset: this.received };
    }
    return lost;
  }

  /** Whether a publication with this offset must be handled; if so, it counts as received. Offset 0 means that it is not in a stream. */
  isNext(offset) {
    if (offset && offset <= this.received) {
      return false;
    }
    this.received = offset || this.received;
    return true;
  }

  done({ epoch, offset }) {
    this.waiting--;
    if (offset) {
      this.handled = { epoch, offset };
      this.#ack = this.isOutbox ? { channel: this.name, epoch, offset } : null;
    }
  }

  /** The ack that was not sent on this connection yet; null if there is none. */
  nextAck() {
    if (!this.#ack || this.#ack === this.#sentAck || this.#ack.epoch !== this.epoch) {
      return null;
    }
    this.#sentAck = this.#ack;
    return this.#ack;
  }

  /** The present connection has ended. */
  stop() {
    this.live = false;
    clearTimeout(this.#timer);
  }

  /** Goes back to the last handled message: later ones must be sent again. */
  goBack() {
    this.waiting = 0;
    if (this.handled) {
      this.setPosition(this.handled);
    }
  }

  /** One timer is enough: either for the next attempt to subscribe, or for the renewal of the token. */
  arm(millis, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, millis);
  }
}

/** Whether a client connects again after a close with this code, by the protocol's ranges. */
export function comesBack(code) {
  if (code === 1009) {
    return false;
  }
  return code < 3500 || (code >= 4000 && code < 4500) || code >= 5000;
}

function endpoint(url) {
  if (url === undefined && !import.meta.url.startsWith('http')) {
    throw new TypeError('This module was not loaded from a gateway: set the option url, such as ws://localhost:9080/connection/websocket');
  }
  const full =
    url === undefined ? new URL('connection/websocket', import.meta.url) : new URL(url, globalThis.location?.href);
  full.protocol = full.protocol.replace('http', 'ws');
  return full.href;
}

function renewalMillis(seconds) {
  return Math.min(MAX_TIMER_MILLIS, Math.max(1, seconds * RENEW_AT) * 1000);
}

/** A random unique id. randomUUID is missing on pages that come over plain HTTP. */
function randomId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sleep(millis) {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}
