/**
 * Holdfast's own client: a small ES module without dependencies, for browsers and for Node (22 or newer; older with
 * the option WebSocket).
 *
 *     import { Holdfast } from '/holdfast.js';
 *
 *     const holdfast = new Holdfast({ token: () => fetch('/my/token').then((r) => r.text()) });
 *     holdfast.on('message', async (message) => { await save(message.data); });
 *     holdfast.on('state', ({ state }) => { … });
 *     holdfast.connect();
 *
 * What it promises, together with the server:
 *
 * - Messages of a channel come in order, each once to this instance, one at a time: the next one waits until the
 *   promises of all 'message' listeners have resolved.
 * - Only then is a message to this client confirmed. A reloaded page goes on behind the last confirmed one.
 * - A lost connection is made again, after a random time that grows (full jitter), and goes on where it was.
 *
 * Events, all by on(name, listener), which returns a function that takes the listener off again:
 *
 * - 'message'  { channel, data, id, offset, epoch, tags, info, expiresAt, receivedAt }; offset is 0 and there is no place
 *              in the stream if it was sent as non-critical; info says which client published it itself, else null;
 *              expiresAt is a Date or null.
 *              A listener that throws or rejects gets the same message again (handlerAttempts in all, backing off);
 *              after that an 'error' tells that it was given up, and the next message has its turn.
 * - 'state'    { state, previous, code, reason, retryInMillis }: see State.
 * - 'lost'     { channel }: the server no longer had everything since our position; what is left follows.
 * - 'error'    { error, message, channel }: something failed that no promise tells. Without listener: console.error.
 */

/** What a connection can be. */
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
  /** close() was called, or the server does not want us: code and reason say why. connect() tries again. */
  CLOSED: 'closed',
});

/** An error told by the server or found here; temporary means that the same may succeed later. */
export class HoldfastError extends Error {
  constructor(code, message, temporary = false) {
    super(message);
    this.name = 'HoldfastError';
    this.code = code;
    this.temporary = temporary;
  }
}

/** Codes of ours, none of which the server uses. */
const TIMEOUT = 1;
const NOT_CONNECTED = 2;
const CANCELLED = 3;

const TOKEN_EXPIRED = 109;
const CONNECTION_EXPIRED = 3005;

/** WebSocket.OPEN, which not every constructor has. */
const OPEN = 1;

const DEFAULTS = {
  url: undefined,
  token: undefined,
  client: undefined,
  device: undefined,
  data: undefined,
  outbox: true,
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

/** A connection that lived for so long sets the delays back. */
const STABLE_MILLIS = 10_000;

/** While messages wait for their handlers, confirm no more often than this; with none waiting, at once. */
const ACK_EVERY_MILLIS = 200;

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export class Holdfast {
  #options;
  #url;
  #state = State.IDLE;
  #listeners = { message: new Set(), state: new Set(), lost: new Set(), error: new Set() };

  /** The socket at hand; events of earlier ones are not ours any more. */
  #socket = null;
  #connectedAt = 0;
  #pingMillis = 0;
  #attempts = 0;
  #tokenExpired = false;
  #lastToken = undefined;
  #timers = {};

  #nextId = 1;
  #replies = new Map();

  /** Channel name to Channel; the outbox among them once the server has told its name. */
  #channels = new Map();
  #waiting = [];
  #handling = null;
  #paused = false;
  #closing = false;

  /**
   * @param {object} [options]
   * @param {string|URL} [options.url] of the endpoint; /connection/websocket of the page's own host if absent
   * @param {string|(() => string|Promise<string>)} [options.token] connect token, or a function that gets a fresh one
   * @param {string} [options.client] who we are; counts in the server's insecure mode only
   * @param {string} [options.device] name of this installation, with a cursor of its own. One connection at a time: the
   *   newer one wins. Absent: the unnamed device, which may have many connections (tabs)
   * @param {object} [options.data] more for connect.data
   * @param {boolean} [options.outbox] false: no messages to this client, only channels
   * @param {typeof WebSocket} [options.WebSocket] constructor, where there is no global one
   * @param {number} [options.minDelayMillis] upper bound of the first delay before reconnecting
   * @param {number} [options.maxDelayMillis] upper bound of all delays
   * @param {number} [options.commandTimeoutMillis] for one answer of the server
   * @param {number} [options.publishTimeoutMillis] for publish(), all its attempts together
   * @param {number} [options.pingGraceMillis] if nothing has come for so much longer than the server's ping interval, the
   *   connection is dead
   * @param {number} [options.handlerAttempts] how often a message is given to a listener that fails
   * @param {number} [options.handlerDelayMillis] before the second attempt; doubles
   * @param {number} [options.maxWaiting] with more messages than this waiting for their handlers, the connection is
   *   closed until half of them are done: the server keeps the rest
   */
  constructor(options = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#url = endpoint(this.#options.url);
    this.#options.WebSocket ??= globalThis.WebSocket;
    if (!this.#options.WebSocket) {
      throw new TypeError('There is no global WebSocket here: pass a constructor as option WebSocket');
    }
  }

  /** One of State. */
  get state() {
    return this.#state;
  }

  /** Name of the channel of messages to us, '#' and our client id; undefined before the first connection. */
  get outbox() {
    return [...this.#channels.values()].find((channel) => channel.isOutbox)?.name;
  }

  /** Adds a listener; the function returned takes it off. */
  on(event, listener) {
    const listeners = this.#listeners[event];
    if (!listeners) {
      throw new TypeError(`There is no event ${event}; there are ${Object.keys(this.#listeners).join(', ')}`);
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Connects and stays so. Does nothing if that is under way. Add the listeners first: they get what waits for us. */
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

  /** Ends the connection until online() is called; positions, subscriptions and messages at hand are kept. */
  offline() {
    if (this.#state !== State.CLOSED) {
      this.#sendAcks();
      this.#drop(1000, 'offline');
      this.#become(State.OFFLINE);
    }
  }

  /** Comes back from offline(); the same as connect(). */
  online() {
    this.connect();
  }

  /**
   * Ends for good. Messages that no handler has begun with are not confirmed: the server keeps them for the next
   * instance.
   *
   * @returns {Promise<void>} resolves when the handler under way has ended and its message is confirmed
   */
  async close() {
    globalThis.removeEventListener?.('online', this.#hurry);
    this.#closing = true;
    this.#waiting.length = 0;
    this.#clear('retry');
    await this.#handling;
    this.#sendAcks();
    this.#drop(1000, 'closed');
    this.#become(State.CLOSED, { code: 1000, reason: 'closed' });
  }

  /**
   * Subscribes to a channel, now and after every reconnect, going on where it was.
   *
   * @param {string} name
   * @returns {Promise<void>} resolves when the server has subscribed us for the first time; rejects with HoldfastError if
   *   it refuses
   */
  subscribe(name) {
    const known = this.#channels.get(name);
    if (known) {
      return known.subscribed;
    }
    const channel = new Channel(name, false);
    this.#channels.set(name, channel);
    if (this.#state === State.CONNECTED) {
      this.#subscribe(channel);
    }
    return channel.subscribed;
  }

  /** Ends a subscription. Messages of it that wait for their handlers are forgotten. */
  async unsubscribe(name) {
    const channel = this.#channels.get(name);
    if (!channel || channel.serverSide) {
      return;
    }
    this.#forget(channel, new HoldfastError(CANCELLED, 'unsubscribed'));
    if (this.#state === State.CONNECTED) {
      await this.#command('unsubscribe', { channel: name });
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
    const until = Date.now() + this.#options.publishTimeoutMillis;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.rpc('publish', { channel, data, id, ttl, tags });
      } catch (error) {
        const delay = Math.random() * this.#delayBound(attempt);
        if (!error.temporary || this.#state === State.CLOSED || Date.now() + delay > until) {
          throw error;
        }
        await sleep(delay);
        await this.#connected(until - Date.now());
      }
    }
  }

  /** Calls a method of the server; resolves with its answer. Not repeated. */
  async rpc(method, data) {
    return (await this.#command('rpc', { method, data })).data;
  }

  // --- making and losing the connection

  async #open() {
    this.#clear('retry');
    this.#become(State.CONNECTING);
    let token;
    try {
      token = await this.#token();
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

  async #token() {
    const { token } = this.#options;
    if (typeof token !== 'function') {
      return token;
    }
    // A token that connected once is good until the server says that it has expired.
    if (this.#lastToken === undefined || this.#tokenExpired) {
      this.#lastToken = await token();
      this.#tokenExpired = false;
    }
    return this.#lastToken;
  }

  async #introduce(token) {
    const { client, device, data, outbox } = this.#options;
    const subs = {};
    for (const channel of this.#channels.values()) {
      if (channel.isOutbox && channel.epoch) {
        subs[channel.name] = { recover: true, epoch: channel.epoch, offset: channel.received };
      }
    }
    const socket = this.#socket;
    const request = {
      token,
      name: 'holdfast.js',
      data: { ...data, client, device, outbox: outbox ? undefined : false, acks: 'explicit' },
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
    this.#connectedAt = Date.now();
    this.#pingMillis = (result.ping ?? 0) * 1000;
    this.#clear('alive');
    this.#alive();
    for (const [name, sub] of Object.entries(result.subs ?? {})) {
      let channel = this.#channels.get(name);
      if (!channel) {
        channel = new Channel(name, true);
        this.#channels.set(name, channel);
      }
      channel.sentAck = null;
      this.#goOnFrom(channel, sub);
      channel.confirmSubscribed();
    }
    if (result.expires && typeof this.#options.token === 'function') {
      this.#renewIn(result.ttl);
    }
    this.#become(State.CONNECTED);
    this.#sendAcks();
    if (this.#state === State.CONNECTED) {
      for (const channel of this.#channels.values()) {
        if (!channel.serverSide) {
          this.#subscribe(channel);
        }
      }
    }
  }

  #unwelcome(error) {
    if (error.code === TOKEN_EXPIRED && typeof this.#options.token === 'function') {
      this.#tokenExpired = true;
      this.#lose('token expired');
    } else if (error.temporary) {
      this.#lose(error.message);
    } else {
      this.#drop(1000, 'refused');
      this.#become(State.CLOSED, { code: error.code, reason: error.message });
    }
  }

  #renewIn(seconds) {
    const millis = Math.max(1, seconds * 0.8) * 1000;
    if (millis <= MAX_TIMER_MILLIS) {
      this.#arm('renew', millis, async () => {
        const socket = this.#socket;
        try {
          this.#tokenExpired = true;
          const result = await this.#command('refresh', { token: await this.#token() });
          if (this.#socket === socket && result.expires) {
            this.#renewIn(result.ttl);
          }
        } catch (error) {
          // The server closes the connection when the token has expired; then we come with a new one.
          this.#report(error);
        }
      });
    }
  }

  #closed(code, reason) {
    this.#drop();
    if (comesBack(code)) {
      this.#tokenExpired ||= code === CONNECTION_EXPIRED;
      this.#retry(code, reason);
    } else {
      this.#become(State.CLOSED, { code, reason });
    }
  }

  /** The connection is of no use any more, whatever the socket believes. */
  #lose(reason) {
    this.#drop(3000, reason);
    this.#retry(0, reason);
  }

  #retry(code, reason) {
    if (this.#connectedAt && Date.now() - this.#connectedAt > STABLE_MILLIS) {
      this.#attempts = 0;
    }
    this.#connectedAt = 0;
    const millis = this.#paused ? 0 : Math.random() * this.#delayBound(this.#attempts++);
    this.#become(State.WAITING, { code, reason, retryInMillis: this.#paused ? undefined : millis });
    if (!this.#paused) {
      this.#arm('retry', millis, () => this.#open());
    }
  }

  /** Waits until we are connected, but not longer than given, nor for what does not come any more. */
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

  /** The browser has a network again: no need to wait. */
  #hurry = () => {
    if (this.#state === State.WAITING && !this.#paused) {
      this.#open();
    }
  };

  /** Lets go of the socket and of everything that was to come over it. */
  #drop(code, reason) {
    const socket = this.#socket;
    this.#socket = null;
    for (const timer of Object.keys(this.#timers)) {
      this.#clear(timer);
    }
    if (socket && code) {
      try {
        socket.close(code, reason.slice(0, 100));
      } catch {
        // It was never open.
      }
    }
    const failure = new HoldfastError(NOT_CONNECTED, 'the connection was lost', true);
    for (const reply of this.#replies.values()) {
      clearTimeout(reply.timer);
      reply.reject(failure);
    }
    this.#replies.clear();
  }

  // --- commands and what comes back

  /** @param {(result: object) => void} [take] is given the result at once: pushes may follow in the same frame */
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
      this.#lose('not understood');
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
    if (push.pub) {
      const channel = this.#channels.get(push.channel);
      if (channel) {
        this.#take(channel, push.pub);
      }
    } else if (push.unsubscribe) {
      this.#unsubscribed(push.channel, push.unsubscribe);
    }
    // Other pushes (join, leave, …) are of no use here; a disconnect comes as a close code.
  }

  /** Something came: the server lives. */
  #alive() {
    if (this.#pingMillis) {
      this.#arm('alive', this.#pingMillis + this.#options.pingGraceMillis, () => this.#lose('no ping'));
    }
  }

  // --- channels

  async #subscribe(channel) {
    const request = { channel: channel.name };
    if (channel.epoch) {
      Object.assign(request, { recover: true, epoch: channel.epoch, offset: channel.received });
    }
    try {
      await this.#command('subscribe', request, (result) => this.#subscribedTo(channel, result));
    } catch (error) {
      if (this.#channels.get(channel.name) !== channel || error.code === NOT_CONNECTED) {
        return;
      }
      if (error.temporary) {
        await sleep(Math.random() * this.#options.maxDelayMillis);
        if (this.#channels.get(channel.name) === channel && this.#state === State.CONNECTED) {
          this.#subscribe(channel);
        }
      } else {
        this.#refusedBy(channel, error);
      }
    }
  }

  #subscribedTo(channel, result) {
    if (this.#channels.get(channel.name) !== channel) {
      return;
    }
    const publications = result.publications ?? [];
    this.#goOnFrom(channel, publications.length ? { ...result, offset: channel.received } : result);
    publications.forEach((publication) => this.#take(channel, publication));
    channel.confirmSubscribed();
  }

  #unsubscribed(name, { code, reason }) {
    const channel = this.#channels.get(name);
    if (!channel) {
      return;
    }
    if (code >= 2500) {
      this.#subscribe(channel);
    } else {
      this.#refusedBy(channel, new HoldfastError(code, reason ?? 'unsubscribed by the server'));
    }
  }

  #refusedBy(channel, error) {
    this.#forget(channel, error);
    if (channel.everSubscribed) {
      this.#report(error, { channel: channel.name });
    }
  }

  #forget(channel, error) {
    this.#channels.delete(channel.name);
    this.#waiting = this.#waiting.filter((message) => message.channel !== channel.name);
    channel.refuse(error);
  }

  /** Takes over the position from which the server will push. */
  #goOnFrom(channel, { epoch = '', offset = 0, was_recovering: recovering, recovered }) {
    if (recovering && !recovered) {
      this.#emit('lost', { channel: channel.name });
    }
    const goesOn = channel.epoch === epoch && !(recovering && !recovered);
    channel.received = goesOn ? Math.max(channel.received, offset) : offset;
    channel.epoch = epoch;
  }

  #take(channel, publication) {
    const { offset = 0, data, tags = {}, info = null } = publication;
    if (offset) {
      if (offset <= channel.received) {
        return;
      }
      channel.received = offset;
    }
    const { id, expires, ...others } = tags;
    this.#waiting.push({
      channel: channel.name,
      data,
      id,
      offset,
      epoch: channel.epoch,
      tags: others,
      info,
      expiresAt: expires ? new Date(Number(expires)) : null,
      receivedAt: new Date(),
    });
    this.#handling ??= this.#handle();
    if (this.#waiting.length > this.#options.maxWaiting && !this.#paused) {
      this.#pause();
    }
  }

  // --- handlers and acks

  /** Hands on what waits, one message at a time. */
  async #handle() {
    // The rest of the frame first: then the loop sees all that came with it.
    await null;
    try {
      while (this.#waiting.length) {
        const message = this.#waiting.shift();
        // Each listener by itself: one that has succeeded does not get it again because another one failed.
        const handled = await Promise.all([...this.#listeners.message].map((each) => this.#handOver(message, each)));
        if (handled.every(Boolean)) {
          this.#done(message);
        }
      }
    } finally {
      this.#handling = null;
    }
  }

  /** Returns false if the message is not to be confirmed: we are closing, and the next instance shall have it. */
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

  #done(message) {
    const channel = this.#channels.get(message.channel);
    if (channel?.isOutbox && message.offset) {
      channel.lastAck = { channel: message.channel, epoch: message.epoch, offset: message.offset };
      if (!this.#waiting.length) {
        this.#sendAcks();
      } else if (!this.#timers.ack) {
        this.#arm('ack', ACK_EVERY_MILLIS, () => this.#sendAcks());
      }
    }
    if (this.#paused && this.#waiting.length <= this.#options.maxWaiting / 2) {
      this.#paused = false;
      if (this.#state === State.WAITING) {
        this.#open();
      }
    }
  }

  /**
   * Confirms all that is handled. Sent again after every reconnect, since nobody answers an ack: it may have been lost
   * with the connection, and repeated it changes nothing.
   */
  #sendAcks() {
    this.#clear('ack');
    if (this.#state !== State.CONNECTED || this.#socket?.readyState !== OPEN) {
      return;
    }
    for (const channel of this.#channels.values()) {
      if (channel.lastAck?.epoch === channel.epoch && channel.sentAck !== channel.lastAck) {
        channel.sentAck = channel.lastAck;
        this.#socket.send(JSON.stringify({ send: { data: { ack: channel.lastAck } } }));
      }
    }
  }

  #pause() {
    this.#paused = true;
    this.#sendAcks();
    this.#lose('handlers are behind');
  }

  // --- small things

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

/** Where we are in one stream. */
class Channel {
  epoch = '';
  /** Highest offset that came in. */
  received = 0;
  /** The last ack; kept, to be repeated after a reconnect. */
  lastAck = null;
  /** The last ack that this connection was given. */
  sentAck = null;
  everSubscribed = false;

  /** @param {boolean} serverSide subscribed by the server at connect, the outbox above all */
  constructor(name, serverSide) {
    this.name = name;
    this.serverSide = serverSide;
    this.isOutbox = name.startsWith('#');
    this.subscribed = new Promise((resolve, reject) => {
      this.confirmSubscribed = () => {
        this.everSubscribed = true;
        resolve();
      };
      this.refuse = reject;
    });
    // Who does not wait for it need not handle it.
    this.subscribed.catch(() => {});
  }
}

/** By the protocol's ranges: whether to connect again after a close with this code. */
export function comesBack(code) {
  if (code === 1009) {
    return false;
  }
  return code < 3500 || (code >= 4000 && code < 4500) || code >= 5000;
}

function endpoint(url) {
  if (url === undefined && typeof location === 'undefined') {
    throw new TypeError('Outside of a browser the option url is needed, such as ws://localhost:9080/connection/websocket');
  }
  const full = url === undefined ? new URL('/connection/websocket', location.href) : new URL(url, globalThis.location?.href);
  full.protocol = full.protocol.replace('http', 'ws');
  return full.href;
}

/** Random enough to be unique; randomUUID is missing on pages that come over plain HTTP. */
function randomId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function sleep(millis) {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}
