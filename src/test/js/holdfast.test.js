/** What holdfast.js adds to the shared scenarios, against a small server of the test's own: no gateway needed. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { Holdfast, HoldfastError, comesBack } from '../../main/webapp/holdfast.js';

let server;
let holdfast;

/** Frames that came in, by connection, and what to answer to a connect. */
let connections;
let welcome;

const outbox = (more = {}) => ({ recoverable: true, positioned: true, epoch: 'e1', offset: 0, ...more });

beforeEach(async () => {
  connections = [];
  welcome = (id) => ({ id, connect: { client: 'x', ping: 25, pong: true, subs: { '#u1': outbox() } } });
  server = new WebSocketServer({ port: 0 });
  server.on('connection', (socket) => {
    const connection = { socket, frames: [], commands: [], push: (...pieces) => pieces.length && socket.send(pieces.map(text).join('\n')) };
    connections.push(connection);
    socket.on('message', (data) => {
      for (const line of String(data).split('\n')) {
        const command = JSON.parse(line);
        connection.frames.push(line);
        connection.commands.push(command);
        if (command.connect) {
          connection.push(welcome(command.id, command.connect, connection));
        } else if (command.subscribe) {
          connection.push(...(connection.answer?.(command) ?? [{ id: command.id, subscribe: outbox({ offset: 5 }) }]));
        } else if (command.unsubscribe) {
          connection.push({ id: command.id, unsubscribe: {} });
        } else if (command.refresh || command.sub_refresh) {
          connection.push({ id: command.id, [command.refresh ? 'refresh' : 'sub_refresh']: {} });
        } else if (command.rpc && !connection.mute) {
          connection.push({ id: command.id, rpc: { data: { offset: 1 } } });
        }
      }
    });
  });
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
});

afterEach(async () => {
  await holdfast?.close();
  server.clients.forEach((socket) => socket.terminate());
  server.close();
});

const text = (piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece));
const pub = (offset, n = offset, channel = '#u1') => ({ push: { channel, pub: { offset, data: n, tags: { id: `m${n}` } } } });
const acks = (connection) => connection.commands.map((command) => command.send?.data.ack?.offset).filter(Boolean);

function create(options = {}) {
  holdfast = new Holdfast({
    url: `http://localhost:${server.address().port}/`,
    client: 'u1',
    WebSocket,
    minDelayMillis: 5,
    maxDelayMillis: 20,
    handlerDelayMillis: 5,
    ...options,
  });
  const got = [];
  const states = [];
  const errors = [];
  holdfast.on('state', (state) => states.push(state));
  holdfast.on('error', (error) => errors.push(error));
  return { got, states, errors };
}

async function until(holds, words = 'it holds') {
  for (let i = 0; !holds(); i++) {
    assert.ok(i < 500, `${words}: not in time`);
    await sleep(10);
  }
}

async function connected(number = 1) {
  await until(() => connections.length >= number && holdfast.state === 'connected', `connection ${number}`);
  return connections[number - 1];
}

test('close codes say whether to come back', () => {
  for (const code of [1000, 1001, 1006, 1011, 3000, 3008, 3499, 4000, 4499]) {
    assert.ok(comesBack(code), String(code));
  }
  for (const code of [1009, 3500, 3501, 3999, 4500, 4999]) {
    assert.ok(!comesBack(code), String(code));
  }
});

test('a server that does not want us is obeyed, and one that lost us is found again', async () => {
  const { states } = create();
  holdfast.connect();
  (await connected()).socket.close(3008, 'slow');
  (await connected(2)).socket.close(4500, 'replaced');
  await until(() => holdfast.state === 'closed');
  assert.deepEqual([states.at(-1).code, states.at(-1).reason], [4500, 'replaced']);
  await sleep(100);
  assert.equal(connections.length, 2);
});

test('a message is confirmed only after the promise of its handler has resolved', async () => {
  create();
  let finish;
  holdfast.on('message', () => new Promise((resolve) => (finish = resolve)));
  holdfast.connect();
  const connection = await connected();
  assert.equal(connection.commands[0].connect.data.acks, 'explicit');
  assert.equal(connection.commands[0].connect.data.tags, true);
  connection.push(pub(1), '{}');
  await until(() => connection.frames.includes('{}'), 'the ping is answered though the handler is busy');
  await sleep(50);
  assert.deepEqual(acks(connection), []);
  finish();
  await until(() => acks(connection).length);
  assert.deepEqual(acks(connection), [1]);
});

test('messages are handled one at a time, in order, each once, over several connections', async () => {
  const { got } = create();
  let busy = 0;
  holdfast.on('message', async ({ data }) => {
    assert.equal(++busy, 1);
    await sleep(Math.random() * 5);
    busy--;
    got.push(data);
  });
  holdfast.connect();
  (await connected()).push(pub(1), pub(2), pub(2), pub(5));
  await until(() => got.length === 3);
  connections[0].socket.terminate();
  welcome = (id, { subs }) => ({ id, connect: { subs: { '#u1': outbox({ was_recovering: true, recovered: true, ...subs['#u1'] }) } } });
  const second = await connected(2);
  assert.deepEqual(second.commands[0].connect.subs, { '#u1': { recover: true, epoch: 'e1', offset: 5 } });
  second.push(pub(5), pub(6));
  await until(() => got.length === 4);
  assert.deepEqual(got, [1, 2, 5, 6]);
  await until(() => acks(second).includes(6));
  assert.equal(acks(second)[0], 5, 'the last ack is repeated, it may have been lost');
});

test('a new epoch begins anew, and the loss is told', async () => {
  const { got } = create();
  const lost = [];
  holdfast.on('message', ({ offset, epoch }) => got.push(`${epoch}:${offset}`));
  holdfast.on('lost', ({ channel }) => lost.push(channel));
  holdfast.connect();
  (await connected()).push(pub(7));
  await until(() => got.length === 1);
  welcome = (id) => ({ id, connect: { subs: { '#u1': outbox({ epoch: 'e2', was_recovering: true }) } } });
  connections[0].socket.terminate();
  (await connected(2)).push(pub(1));
  await until(() => got.length === 2);
  assert.deepEqual(got, ['e1:7', 'e2:1']);
  assert.deepEqual(lost, ['#u1']);
});

test('a handler that fails gets the message again, and nothing overtakes it', async () => {
  const { got, errors } = create();
  holdfast.on('message', ({ data }) => {
    got.push(data);
    if (data === 1 && got.length < 3) {
      throw new Error('not yet');
    }
    if (data === 2) {
      throw new Error('never');
    }
  });
  holdfast.connect();
  const connection = await connected();
  connection.push(pub(1), pub(2), pub(3));
  await until(() => got.includes(3));
  assert.deepEqual(got, [1, 1, 1, 2, 2, 2, 3]);
  assert.deepEqual(errors.map(({ error, message }) => [error.message, message.data]), [['never', 2]]);
});

test('close() confirms the message at hand and leaves the rest to the next instance', async () => {
  create();
  let finish;
  let begun = 0;
  holdfast.on('message', () => {
    begun++;
    return new Promise((resolve) => (finish = resolve));
  });
  holdfast.connect();
  const connection = await connected();
  connection.push(pub(1), pub(2));
  await until(() => begun === 1);
  const closing = holdfast.close();
  finish();
  await closing;
  await until(() => acks(connection).length);
  assert.deepEqual(acks(connection), [1]);
  assert.equal(begun, 1);
});

test('a server that falls silent is left', async () => {
  create({ pingGraceMillis: 50 });
  welcome = (id) => ({ id, connect: { ping: 0.05, pong: true, subs: { '#u1': outbox() } } });
  holdfast.connect();
  const first = await connected();
  for (let i = 0; i < 10; i++) {
    first.push('{}');
    await sleep(40);
  }
  assert.equal(connections.length, 1, 'not while it pings');
  await connected(2);
});

test('offline() stays away and keeps the position, online() comes back', async () => {
  const { got } = create();
  holdfast.on('message', ({ data }) => got.push(data));
  holdfast.connect();
  (await connected()).push(pub(1));
  await until(() => got.length);
  holdfast.offline();
  await sleep(100);
  assert.equal(holdfast.state, 'offline');
  assert.equal(connections.length, 1);
  holdfast.online();
  const second = await connected(2);
  assert.equal(second.commands[0].connect.subs['#u1'].offset, 1);
});

test('channels are subscribed again where they were', async () => {
  const { got } = create();
  holdfast.on('message', ({ channel, data }) => got.push([channel, data]));
  holdfast.connect();
  const subscribed = holdfast.subscribe('news');
  const first = await connected();
  await subscribed;
  first.push(pub(5, 5, 'news'), pub(6, 6, 'news'));
  await until(() => got.length);
  assert.deepEqual(got, [['news', 6]], 'what lies before the subscription is not ours');
  first.socket.terminate();
  const second = await connected(2);
  await until(() => second.commands.some((command) => command.subscribe));
  assert.deepEqual(second.commands.find((command) => command.subscribe).subscribe, {
    channel: 'news',
    recover: true,
    epoch: 'e1',
    offset: 6,
  });
  await holdfast.close();
});

test('a publish whose connection is lost is repeated with the same id', async () => {
  create();
  holdfast.connect();
  const first = await connected();
  first.mute = true;
  const receipt = holdfast.publish('news', { n: 1 });
  await until(() => first.commands.some((command) => command.rpc));
  first.socket.terminate();
  assert.deepEqual(await receipt, { offset: 1 });
  const ids = connections.flatMap(({ commands }) => commands.filter(({ rpc }) => rpc).map(({ rpc }) => rpc.data.id));
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

test('an expired token is replaced by a fresh one', async () => {
  let tokens = 0;
  create({ token: async () => `t${++tokens}`, client: undefined });
  const good = welcome;
  welcome = (id, { token }) => (token === 't1' ? { id, error: { code: 109, message: 'token expired' } } : good(id));
  holdfast.connect();
  await connected(2);
  assert.equal(connections[1].commands[0].connect.token, 't2');
});

test('with too many messages waiting for a slow handler, the server keeps the rest until there is room', async () => {
  const { got } = create({ maxWaiting: 10 });
  welcome = (id, { subs }, connection) => {
    const from = subs['#u1']?.offset ?? 0;
    setImmediate(() => connection.push(...Array.from({ length: 100 - from }, (_, i) => pub(from + i + 1)).slice(0, 15)));
    return { id, connect: { subs: { '#u1': outbox({ offset: from, was_recovering: from > 0, recovered: from > 0 }) } } };
  };
  holdfast.on('message', async ({ data }) => {
    await sleep(1);
    got.push(data);
  });
  holdfast.connect();
  await until(() => got.length === 100);
  assert.deepEqual(got, Array.from({ length: 100 }, (_, i) => i + 1));
  assert.ok(connections.length > 3);
});

test('a frame that is not understood ends the connection, not the program', async () => {
  const { errors } = create();
  holdfast.connect();
  (await connected()).push('{"push":');
  await connected(2);
  assert.equal(errors.length, 1);
});

/** A server-side subscription in a connect reply. */
const side = (subs) => (id) => ({ id, connect: { ping: 25, pong: true, subs: { '#u1': outbox(), ...subs } } });

function listening(options) {
  const all = create(options);
  const heard = [];
  holdfast.on('message', ({ channel, data }) => all.got.push(`${channel} ${data}`));
  for (const event of ['lost', 'subscribed', 'unsubscribed']) {
    holdfast.on(event, ({ channel, code }) => heard.push([event, channel, code].filter(Boolean).join(' ')));
  }
  return { ...all, heard };
}

/** What a page keeps over a reload. */
function memory() {
  const items = new Map();
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value) };
}

test('a channel of the token goes on where it was, and what is lost of it is told', async () => {
  const { got, heard } = listening();
  welcome = side({ news: outbox({ offset: 3 }) });
  holdfast.connect();
  (await connected()).push(pub(4, 4, 'news'));
  await until(() => got.length === 1);
  welcome = side({ news: outbox({ offset: 4, was_recovering: true, recovered: true }) });
  connections[0].socket.terminate();
  const second = await connected(2);
  assert.deepEqual(second.commands[0].connect.subs.news, { recover: true, epoch: 'e1', offset: 4 });
  second.push(pub(5, 5, 'news'));
  await until(() => got.length === 2);
  assert.ok(!heard.includes('lost news'));
  welcome = side({ news: outbox({ offset: 9, was_recovering: true }) });
  connections[1].socket.terminate();
  (await connected(3)).push(pub(10, 10, 'news'));
  await until(() => got.length === 3);
  assert.deepEqual(got, ['news 4', 'news 5', 'news 10']);
  assert.equal(heard.filter((word) => word === 'lost news').length, 1);
});

test('a server that does not go on where we were has lost something, whatever it calls that', async () => {
  const { got, heard } = listening();
  welcome = side({ news: outbox({ recoverable: false, offset: 3 }) });
  holdfast.connect();
  (await connected()).push(pub(4, 4, 'news'));
  await until(() => got.length === 1);
  welcome = side({ news: outbox({ recoverable: false, offset: 4 }) });
  connections[0].socket.terminate();
  const second = await connected(2);
  assert.equal(second.commands[0].connect.subs.news, undefined, 'nothing is asked of a channel without recovery');
  assert.ok(!heard.includes('lost news'), 'nothing was published meanwhile');
  welcome = side({ news: outbox({ recoverable: false, offset: 6 }) });
  second.socket.terminate();
  await connected(3);
  assert.equal(heard.at(-1), 'lost news');
});

test('a subscription that the server makes later is one like the others, and its end is told', async () => {
  const { got, heard } = listening();
  const data = [];
  holdfast.on('subscribed', (event) => data.push(event.data));
  holdfast.connect();
  const first = await connected();
  first.push({ push: { channel: 'api', subscribe: outbox({ offset: 7, data: { why: 'x' } }) } }, pub(7, 7, 'api'), pub(8, 8, 'api'));
  await until(() => got.length === 1);
  assert.deepEqual(got, ['api 8']);
  assert.deepEqual(data, [undefined, { why: 'x' }]);
  first.push({ push: { channel: 'api', unsubscribe: { code: 2000, reason: 'server unsubscribe' } } }, pub(9, 9, 'api'));
  await until(() => heard.includes('unsubscribed api 2000'));
  first.push({ push: { channel: 'api', subscribe: outbox({ offset: 9 }) } });
  await until(() => heard.at(-1) === 'subscribed api');
  first.socket.terminate();
  const second = await connected(2);
  await until(() => heard.includes('unsubscribed api 4'), 'the new connection does not have it');
  assert.deepEqual(got, ['api 8']);
  assert.ok(!second.commands.some((command) => command.subscribe), 'nobody asked for it here');
});

test('a channel that both sides have subscribed to stays when the server alone forgets it', async () => {
  const { heard } = listening();
  holdfast.connect();
  const first = await connected();
  first.answer = ({ id }) => [
    { push: { channel: 'both', subscribe: outbox({ offset: 2 }) } },
    { id, error: { code: 105, message: 'already subscribed' } },
  ];
  await holdfast.subscribe('both');
  first.socket.terminate();
  const second = await connected(2);
  await until(() => second.commands.some((command) => command.subscribe));
  assert.deepEqual(second.commands.at(-1).subscribe, { channel: 'both', recover: true, epoch: 'e1', offset: 2 });
  assert.ok(!heard.some((word) => word.startsWith('unsubscribed')));
});

test('a subscription that fails for a moment is tried again, once on each connection', async () => {
  const { heard } = listening({ maxDelayMillis: 100, minDelayMillis: 100 });
  holdfast.connect();
  const first = await connected();
  first.answer = ({ id }) => [{ id, error: { code: 100, message: 'not now', temporary: true } }];
  const subscribed = holdfast.subscribe('news');
  await until(() => first.commands.some((command) => command.subscribe));
  first.socket.terminate();
  const second = await connected(2);
  await subscribed;
  await sleep(150);
  assert.equal(second.commands.filter((command) => command.subscribe).length, 1);
  assert.ok(!heard.includes('unsubscribed news 105'));
});

test('a subscribe that gets no answer is settled by a new connection', async () => {
  listening({ commandTimeoutMillis: 50 });
  holdfast.connect();
  const first = await connected();
  first.answer = () => [];
  const subscribed = holdfast.subscribe('news');
  await connected(2);
  await subscribed;
});

test('a channel with a token asks for a fresh one when it has expired, and renews it before that', async () => {
  let tokens = 0;
  listening();
  holdfast.connect();
  const connection = await connected();
  connection.answer = ({ id, subscribe }) =>
    subscribe.token === 't1'
      ? [{ id, error: { code: 109, message: 'token expired' } }]
      : [{ id, subscribe: outbox({ expires: true, ttl: 1 }) }];
  await holdfast.subscribe('news', { token: async () => `t${++tokens}` });
  await until(() => connection.commands.some((command) => command.sub_refresh), 'renewed');
  assert.deepEqual(connection.commands.find((command) => command.sub_refresh).sub_refresh, { channel: 'news', token: 't3' });
  connection.push({ push: { channel: 'news', unsubscribe: { code: 2501, reason: 'expired' } } });
  await until(() => connection.commands.at(-1).subscribe?.token === 't4', 'subscribed again with a fresh token');
});

test('a subscription whose static token has expired ends, and says so', async () => {
  const { errors } = create();
  holdfast.connect();
  const connection = await connected();
  await holdfast.subscribe('news', { token: 't1' });
  connection.answer = ({ id }) => [{ id, error: { code: 109, message: 'token expired' } }];
  connection.push({ push: { channel: 'news', unsubscribe: { code: 2501, reason: 'expired' } } });
  await until(() => errors.length);
  assert.equal(errors[0].error.code, 109, 'an error where nobody listens to unsubscribed');
});

test('a refresh that fails is tried again before the connection expires', async () => {
  let tokens = 0;
  create({
    token: async () => {
      if (++tokens === 2) {
        throw new Error('no network');
      }
      return `t${tokens}`;
    },
  });
  welcome = (id) => ({ id, connect: { expires: true, ttl: 1, subs: { '#u1': outbox() } } });
  holdfast.connect();
  const connection = await connected();
  await until(() => connection.commands.some((command) => command.refresh));
  assert.equal(connection.commands.find((command) => command.refresh).refresh.token, 't3');
  assert.equal(connections.length, 1);
});

test('when the API has changed the life of the connection, the token is renewed in time', async () => {
  let tokens = 0;
  create({ token: async () => `t${++tokens}` });
  holdfast.connect();
  const connection = await connected();
  connection.push({ push: { refresh: { expires: true, ttl: 1 } } });
  await until(() => connection.commands.some((command) => command.refresh));
});

test('after close codes for expired tokens, fresh ones are fetched', async () => {
  let tokens = 0;
  let channelTokens = 0;
  create({ token: async () => `t${++tokens}` });
  holdfast.subscribe('news', { token: async () => `c${++channelTokens}` });
  holdfast.connect();
  (await connected()).socket.close(3005, 'connection expired');
  (await connected(2)).socket.close(3006, 'subscription expired');
  const third = await connected(3);
  await until(() => third.commands.some((command) => command.subscribe));
  assert.equal(third.commands[0].connect.token, 't2');
  assert.equal(third.commands.find((command) => command.subscribe).subscribe.token, `c${channelTokens}`);
  assert.ok(channelTokens >= 2);
});

test('a message waits for a listener before it counts as handled', async () => {
  create();
  holdfast.connect();
  const connection = await connected();
  connection.push(pub(1), '{}');
  await until(() => connection.frames.includes('{}'));
  assert.deepEqual(acks(connection), []);
  const got = [];
  holdfast.on('message', ({ data }) => got.push(data));
  await until(() => acks(connection).length);
  assert.deepEqual(got, [1]);
});

test('what close() has left over comes again after connect()', async () => {
  const { got } = create();
  let finish;
  holdfast.on('message', ({ data }) => {
    got.push(data);
    return new Promise((resolve) => (finish = resolve));
  });
  holdfast.connect();
  (await connected()).push(pub(1), pub(2), pub(3));
  await until(() => got.length === 1);
  const closing = holdfast.close();
  connections[0].push(pub(4));
  await sleep(30);
  finish();
  await closing;
  welcome = (id, { subs }) => ({ id, connect: { subs: { '#u1': outbox({ was_recovering: true, recovered: true, ...subs['#u1'] }) } } });
  holdfast.connect();
  const second = await connected(2);
  assert.equal(second.commands[0].connect.subs['#u1'].offset, 1);
  second.push(pub(2));
  await until(() => got.length === 2);
  finish();
  assert.deepEqual(got, [1, 2]);
});

test('with a storage, a reloaded page goes on behind the last message that was handled, in every channel', async () => {
  const storage = memory();
  const { got } = listening({ storage });
  welcome = side({ news: outbox({ offset: 3 }) });
  holdfast.connect();
  await holdfast.subscribe('mine');
  let finish;
  (await connected()).push(pub(4, 4, 'news'), pub(6, 6, 'mine'));
  await until(() => got.length === 2);
  holdfast.on('message', () => new Promise((resolve) => (finish = resolve)));
  connections[0].push(pub(1), pub(2));
  await until(() => finish);
  holdfast.offline(); // the page is gone: its handler never ends

  listening({ storage });
  holdfast.connect();
  const second = await connected(2);
  holdfast.subscribe('mine');
  await until(() => second.commands.some((command) => command.subscribe));
  assert.deepEqual(second.commands[0].connect.subs, {
    '#u1': { recover: true, epoch: 'e1', offset: 0 },
    news: { recover: true, epoch: 'e1', offset: 4 },
  });
  assert.deepEqual(second.commands.find((command) => command.subscribe).subscribe, {
    channel: 'mine',
    recover: true,
    epoch: 'e1',
    offset: 6,
  });
});

test('a listener may end the connection from within any event', async () => {
  const { states } = create();
  welcome = side({ news: outbox(), more: outbox() });
  holdfast.on('subscribed', () => holdfast.offline());
  holdfast.connect();
  await until(() => holdfast.state === 'offline');
  await sleep(30);
  assert.deepEqual(states.map(({ state }) => state), ['connecting', 'connected', 'offline']);
});

test('an unsubscribe forgets the position, and only the server ends what it has subscribed', async () => {
  const { got } = listening();
  welcome = side({ news: outbox() });
  holdfast.connect();
  const connection = await connected();
  await assert.rejects(holdfast.unsubscribe('news'), HoldfastError);
  await holdfast.subscribe('mine');
  connection.push(pub(6, 6, 'mine'));
  await until(() => got.length);
  const ended = holdfast.unsubscribe('mine');
  connection.push(pub(7, 7, 'mine'));
  await ended;
  await holdfast.subscribe('mine');
  assert.deepEqual(connection.commands.at(-1).subscribe, { channel: 'mine' });
  assert.deepEqual(got, ['mine 6']);
});

test('the endpoint lies beside the module, whatever the context root', async () => {
  const source = await readFile(new URL('../../main/webapp/holdfast.js', import.meta.url), 'utf8');
  // Node imports no module over HTTP: import.meta.url is put in by hand.
  const moved = source.replaceAll('import.meta.url', "'http://gateway/shop/holdfast.js?v=2'");
  const { Holdfast: Moved } = await import(`data:text/javascript,${encodeURIComponent(moved)}`);
  const asked = [];
  class Socket {
    constructor(url) {
      asked.push(url);
    }
    addEventListener() {}
    close() {}
  }
  const there = new Moved({ WebSocket: Socket });
  there.connect();
  await until(() => asked.length);
  there.offline();
  assert.deepEqual(asked, ['ws://gateway/shop/connection/websocket']);
  assert.throws(() => new Holdfast({ WebSocket: Socket }), /set the option url/);
});
