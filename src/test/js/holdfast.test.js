/** What holdfast.js adds to the shared scenarios, against a small server of the test's own: no gateway needed. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { Holdfast, comesBack } from '../../main/webapp/holdfast.js';

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
    const connection = { socket, frames: [], commands: [], push: (...pieces) => socket.send(pieces.map(text).join('\n')) };
    connections.push(connection);
    socket.on('message', (data) => {
      for (const line of String(data).split('\n')) {
        const command = JSON.parse(line);
        connection.frames.push(line);
        connection.commands.push(command);
        if (command.connect) {
          connection.push(welcome(command.id, command.connect, connection));
        } else if (command.subscribe) {
          connection.push({ id: command.id, subscribe: outbox({ offset: 5 }) });
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
