/** The promise, with both SDKs and over each transport of the stock one: accepted means delivered in order, each once to an instance's handler. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { HttpStream, Ours, ServerSentEvents, Stock } from './clients.js';
import { canKill, fresh, killAndStart, sendNumbers, state, until } from './gateway.js';
import { Network } from './network.js';

for (const Client of [Stock, HttpStream, ServerSentEvents, Ours]) {
  describe(Client.title, () => {
    let network;
    let name;
    let open;

    beforeEach(async () => {
      network = await Network.open();
      name = fresh('js');
      open = [];
    });

    afterEach(async () => {
      network.close();
      await Promise.all(open.map((client) => client.close()));
    });

    function connect(device) {
      const client = new Client(network.websocketUrl, name, device);
      open.push(client);
      return client;
    }

    async function connected(client) {
      await until('connected', () => client.connected);
      return client;
    }

    /** Exactly these numbers, in order, at rising offsets; and nothing comes after them. */
    async function receives(client, from, to) {
      const last = () => client.received.at(-1)?.n;
      await until(() => `${from} to ${to}, has ${client.received.length} up to ${last()}`, () => last() === to, 60_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const wanted = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      assert.deepEqual(client.received.map(({ n }) => n), wanted);
      const offsets = client.received.map(({ offset }) => offset);
      assert.ok(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]), `rising: ${offsets}`);
    }

    const confirmed = (n) =>
      until(`${n} is confirmed`, async () => (await state(name, `${name}-${n}`)) === 'acknowledged');

    test('receives what is sent while it is there', async () => {
      const client = await connected(connect());
      await sendNumbers(name, 1, 50);
      await receives(client, 1, 50);
      await confirmed(50);
    });

    test('loses the connection, misses 100, returns, gets all 100 in order, each once', async () => {
      const client = await connected(connect());
      await sendNumbers(name, 1, 5);
      await receives(client, 1, 5);
      network.cut();
      await until('the loss is noticed', () => !client.connected);
      await sendNumbers(name, 6, 105);
      network.heal();
      await receives(client, 1, 105);
    });

    test('loses the connection again and again in the middle of a stream, and misses and repeats nothing', async () => {
      const client = await connected(connect());
      for (let round = 0; round < 8; round++) {
        const sending = sendNumbers(name, round * 100 + 1, round * 100 + 100);
        if (round % 2) {
          await sending;
        }
        network.cut();
        await sending;
        network.heal();
        await until('connected', () => client.connected);
      }
      await receives(client, 1, 800);
    });

    test('a fresh instance that knows no position goes on behind what its predecessor confirmed', async () => {
      const first = await connected(connect('till-3'));
      await sendNumbers(name, 1, 10);
      await receives(first, 1, 10);
      await confirmed(10);
      await first.close();
      await sendNumbers(name, 11, 110);
      await receives(connect('till-3'), 11, 110);
    });

    test('a backlog larger than the send buffer comes whole, without being closed as slow', async () => {
      const padding = 'x'.repeat(7_000);
      await sendNumbers(name, 1, 500, padding);
      await sendNumbers(name, 501, 900, padding);
      const client = connect();
      await receives(client, 1, 900);
      await confirmed(900);
    });

    test('misses 100 and a SIGKILL of the server, returns, gets all 100 in order, each once', { skip: !canKill }, async () => {
      const client = await connected(connect());
      await sendNumbers(name, 1, 5);
      await receives(client, 1, 5);
      network.cut();
      await sendNumbers(name, 6, 105);
      await killAndStart();
      network.heal();
      await receives(client, 1, 105);
    });

    test('connected when the server is killed, a fresh instance goes on afterwards', { skip: !canKill }, async () => {
      const first = await connected(connect());
      await sendNumbers(name, 1, 10);
      await receives(first, 1, 10);
      await confirmed(10);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await killAndStart();
      await connected(first);
      await sendNumbers(name, 11, 20);
      await receives(first, 1, 20);
      await confirmed(20);
      await first.close();
      await sendNumbers(name, 21, 30);
      await killAndStart();
      const second = connect();
      await until('30', () => second.received.at(-1)?.n === 30);
      assert.ok(second.received[0].n <= 21, 'nothing unconfirmed is missing');
    });
  });
}
