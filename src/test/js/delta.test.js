/** Delta compression and payloads as the stock SDK reads them, in both formats. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Centrifuge } from 'centrifuge';
import { Centrifuge as CentrifugeProtobuf } from 'centrifuge/build/protobuf';
import { WebSocket } from 'ws';
import { fresh, post, until, url } from './gateway.js';

const endpoint = `${url.replace(/^http/, 'ws')}/connection/websocket`;

const pieces = ['{"lines":[', 'zäh', '漢字', '😀 and more', ' 1.50 ', 'order ', 'a\u0000b', '"quoted"', '\\n', 'x'.repeat(100)];

/** Text that is partly that of before, in pieces that are moved, dropped and added. */
function edited(before) {
  const cut = Math.floor(Math.random() * before.length);
  const parts = [...before.slice(0, cut), pieces[Math.floor(Math.random() * pieces.length)], ...before.slice(cut + 1)];
  return parts.length > 40 ? parts.slice(20) : parts;
}

for (const [format, Client, decode] of [
  ['JSON', Centrifuge, (data) => data],
  ['Protobuf', CentrifugeProtobuf, (data) => JSON.parse(new TextDecoder().decode(data))],
]) {
  const data = format === 'JSON' ? { client: fresh('delta') } : new TextEncoder().encode(JSON.stringify({ client: fresh('delta') }));
  const options = { websocket: WebSocket, data, minReconnectDelay: 50, maxReconnectDelay: 200 };

  test(`the stock SDK reads whole payloads, deltas and recovered ones alike (${format})`, async () => {
    const channel = fresh('delta');
    const sdk = new Client(endpoint, options);
    const subscription = sdk.newSubscription(channel, { delta: 'fossil' });
    const received = [];
    subscription.on('publication', ({ data }) => received.push(decode(data).text));
    subscription.subscribe();
    sdk.connect();
    await subscription.ready();

    const published = [];
    let parts = Array.from({ length: 20 }, (_, i) => pieces[i % pieces.length]);
    const publish = async (count) => {
      for (let i = 0; i < count; i++) {
        parts = edited(parts);
        published.push(parts.join(''));
        await post('publish', { channel, data: { n: published.length, text: parts.join('') } });
      }
    };
    await publish(30);
    await until('the first 30', () => received.length === 30);
    sdk.disconnect();
    await publish(10);
    sdk.connect();
    await until('40 of them', () => received.length === 40);
    await publish(10);
    await until('all 50', () => received.length === 50);
    assert.deepEqual(received, published);
    sdk.disconnect();
  });
}

test('deltas are sent: they are shorter than what they stand for', async () => {
  const channel = fresh('delta');
  const frames = [];
  class Watched extends WebSocket {
    constructor(...all) {
      super(...all);
      this.on('message', (frame) => frames.push(String(frame)));
    }
  }
  const sdk = new Centrifuge(endpoint, { websocket: Watched, data: { client: fresh('delta') } });
  const subscription = sdk.newSubscription(channel, { delta: 'fossil' });
  const received = [];
  subscription.on('publication', ({ data }) => received.push(data));
  subscription.subscribe();
  sdk.connect();
  await subscription.ready();
  const row = (n) => ({ n, text: 'much that stays the same, '.repeat(20) });
  for (let n = 1; n <= 3; n++) {
    await post('publish', { channel, data: row(n) });
  }
  await until('three', () => received.length === 3);
  assert.deepEqual(received, [row(1), row(2), row(3)]);
  const pushes = frames.flatMap((frame) => frame.split('\n')).filter((piece) => piece.includes('"pub"'));
  assert.equal(pushes.filter((piece) => piece.includes('"delta":true')).length, 2);
  assert.ok(pushes[2].length < 250, pushes[2]);
  sdk.disconnect();
});
