/** What is particular to the fallback transports of the stock SDK; the scenarios are run over them too. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Centrifuge as CentrifugeProtobuf } from 'centrifuge/build/protobuf';
import { WebSocket } from 'ws';
import { HttpStream, ServerSentEvents, Stock, WebSocketOrStream } from './clients.js';
import { fresh, get, send, sendNumbers, state, until } from './gateway.js';
import { Network } from './network.js';

let network;
let open;

beforeEach(async () => {
  network = await Network.open();
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((client) => client.close()));
  network.close();
});

function opened(client) {
  open.push(client);
  return until('connected', () => client.connected).then(() => client);
}

test('where WebSocket is blocked the SDK falls back to http_stream by itself', async () => {
  network.blockWebSockets();
  const name = fresh('blocked');
  await sendNumbers(name, 1, 20);
  const client = await opened(new WebSocketOrStream(network.websocketUrl, name));
  assert.equal(client.transport, 'http_stream');
  assert.deepEqual(client.failed, ['websocket']);
  await until('20', () => client.received.at(-1)?.n === 20);
  network.cut();
  await until('the loss is noticed', () => !client.connected);
  await sendNumbers(name, 21, 40);
  network.heal();
  await until('40', () => client.received.at(-1)?.n === 40);
  assert.deepEqual(client.received.map(({ n }) => n), Array.from({ length: 40 }, (_, i) => i + 1));
});

test('where WebSocket is not blocked it is taken', async () => {
  const client = await opened(new WebSocketOrStream(network.websocketUrl, fresh('free')));
  assert.equal(client.transport, 'websocket');
});

for (const Client of [Stock, HttpStream, ServerSentEvents]) {
  test(`who names himself nothing is a guest: he publishes, sees himself present and leaves (${Client.title})`, async () => {
    const { sdk, received } = await opened(new Client(network.websocketUrl));
    const channel = fresh('guests');
    const subscription = sdk.newSubscription(channel);
    const heard = [];
    subscription.on('publication', ({ data, info }) => heard.push([data, info.user.slice(0, 6)]));
    subscription.subscribe();
    await subscription.ready(5_000);
    await subscription.publish({ my: 'data' });
    await until('the publication', () => heard.length === 1);
    assert.deepEqual(heard, [[{ my: 'data' }, 'guest-']]);
    const { numClients, numUsers } = await subscription.presenceStats();
    assert.deepEqual([numClients, numUsers], [1, 1]);
    subscription.unsubscribe();
    await until('nobody', async () => (await sdk.presenceStats(channel)).numClients === 0);
    assert.deepEqual(received, []);
  });
}

for (const transport of ['websocket', 'http_stream']) {
  test(`Protobuf over ${transport}: publishes, sees itself present, and is gone when it has left`, async () => {
    const http = network.websocketUrl.replace(/^ws/, 'http').replace('/connection/websocket', '');
    const endpoint = transport === 'websocket' ? network.websocketUrl : `${http}/connection/http_stream`;
    const sdk = new CentrifugeProtobuf([{ transport, endpoint }], {
      websocket: WebSocket,
      emulationEndpoint: `${http}/emulation`,
      data: new TextEncoder().encode('{}'),
    });
    open.push({ close: () => sdk.disconnect() });
    const errors = [];
    sdk.on('error', (error) => errors.push(error));
    sdk.connect();
    await sdk.ready(5_000);
    const channel = fresh('protobuf');
    const subscription = sdk.newSubscription(channel);
    const heard = [];
    subscription.on('publication', ({ data }) => heard.push(new TextDecoder().decode(data)));
    subscription.subscribe();
    await subscription.ready(5_000);
    await subscription.publish(new TextEncoder().encode('{"my":"data"}'));
    await until('the publication', () => heard.length === 1);
    assert.deepEqual(heard, ['{"my":"data"}']);
    assert.equal((await subscription.presenceStats()).numClients, 1);
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // what the server writes into an idle stream means nothing
    assert.equal((await subscription.presenceStats()).numClients, 1);
    assert.deepEqual(errors, []);
    const { sdk: other } = await opened(new Stock(network.websocketUrl, fresh('js')));
    sdk.disconnect();
    await until('nobody', async () => (await other.presenceStats(channel)).numClients === 0, 6_000);
  });
}

for (const Client of [HttpStream, ServerSentEvents]) {
  describe(Client.title, () => {
    test('is out of presence within seconds when it has left without a word', async () => {
      const { sdk } = await opened(new Client(network.websocketUrl, fresh('js')));
      const { sdk: other } = await opened(new Stock(network.websocketUrl, fresh('js')));
      const channel = fresh('leave');
      const subscription = sdk.newSubscription(channel);
      subscription.subscribe();
      await subscription.ready(5_000);
      assert.equal((await other.presenceStats(channel)).numClients, 1);
      sdk.disconnect();
      await until('nobody', async () => (await other.presenceStats(channel)).numClients === 0, 6_000);
    });

    test('subscribes, publishes and unsubscribes, together with a client on WebSocket', async () => {
      const channel = fresh('channel');
      const heard = [];
      for (const Kind of [Client, Stock]) {
        const { sdk } = await opened(new Kind(network.websocketUrl, fresh('js')));
        const subscription = sdk.newSubscription(channel);
        const mine = [];
        heard.push(mine);
        subscription.on('publication', ({ data }) => mine.push(data));
        subscription.subscribe();
        await subscription.ready(5_000);
        await subscription.publish({ from: Kind.title, text: 'zwölf\r\nboxes' });
      }
      const last = { from: Stock.title, text: 'zwölf\r\nboxes' };
      await until('both', () => heard.every((mine) => mine.at(-1)?.from === Stock.title));
      assert.deepEqual(heard[0], [{ ...last, from: Client.title }, last]);
      assert.deepEqual(heard[1], [last]);
      const [{ sdk }] = open;
      sdk.getSubscription(channel).unsubscribe();
      await assert.rejects(sdk.rpc('nothing', {}), { code: 108 });
    });

    test('many commands at once are all answered', async () => {
      const { sdk } = await opened(new Client(network.websocketUrl, fresh('js')));
      const channel = fresh('many');
      await Promise.all(Array.from({ length: 200 }, (_, n) => sdk.publish(channel, { n })));
    });

    test('explicit acks confirm, and nothing else does', async () => {
      const name = fresh('explicit');
      const client = new Client(network.websocketUrl, name);
      open.push(client);
      client.sdk.setData({ client: name, acks: 'explicit' });
      let epoch;
      client.sdk.on('subscribed', ({ streamPosition }) => {
        ({ epoch } = streamPosition);
      });
      await until('connected', () => client.connected);
      await sendNumbers(name, 1, 3);
      await until('3', () => client.received.length === 3);
      const answer = await client.sdk.rpc('ack', { channel: `#${name}`, epoch, offset: client.received[1].offset });
      assert.equal(answer.data.acked, client.received[1].offset);
      await until('confirmed', async () => (await state(name, `${name}-2`)) === 'acknowledged');
      assert.notEqual(await state(name, `${name}-3`), 'acknowledged');
    });

    test('what the server does not take ends the SDK for good, with the reason', async () => {
      const name = fresh('bad');
      const client = await opened(new Client(network.websocketUrl, name));
      let ended;
      client.sdk.on('disconnected', (context) => {
        ended = context;
      });
      client.sdk._transport.send('no json', client.sdk._session, client.sdk._node);
      await until('disconnected', () => ended);
      assert.deepEqual({ code: ended.code, reason: ended.reason }, { code: 3501, reason: 'bad request' });
    });

    test('a client that is closed and comes back as a new instance goes on where it was', async () => {
      const name = fresh('again');
      const first = await opened(new Client(network.websocketUrl, name, 'till'));
      await send(name, { n: 1 }, { id: `${name}-1` });
      await until('confirmed', async () => (await state(name, `${name}-1`)) === 'acknowledged');
      await first.close();
      await send(name, { n: 2 });
      const second = await opened(new Client(network.websocketUrl, name, 'till'));
      await until('2', () => second.received.length > 0);
      assert.deepEqual(second.received.map(({ n }) => n), [2]);
      assert.equal((await get(`clients/${name}`)).devices.length, 1);
    });
  });
}
