/** The publisher of a publication, as the stock SDK and holdfast.js give it to handlers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ours, Stock } from './clients.js';
import { fresh, post, until, url } from './gateway.js';

const websocketUrl = `${url.replace(/^http/, 'ws')}/connection/websocket`;

async function connected(client) {
  await until('connected', () => client.connected);
  return client;
}

test('a handler is told which client has published, and that a publisher with a key is none', async () => {
  const channel = fresh('js:');
  const name = fresh('writer');
  const stock = await connected(new Stock(websocketUrl, name));
  const ours = await connected(new Ours(websocketUrl, fresh('reader')));
  try {
    const told = { stock: [], ours: [] };
    const subscription = stock.sdk.newSubscription(channel);
    subscription.on('publication', ({ info }) => told.stock.push(info));
    subscription.subscribe();
    await subscription.ready();
    ours.sdk.on('message', ({ channel: on, info }) => {
      if (on === channel) {
        told.ours.push(info);
      }
    });
    await ours.sdk.subscribe(channel);
    await subscription.publish({ n: 1 });
    await until('both have the first', () => told.stock.length === 1 && told.ours.length === 1);
    await post('publish', { channel, data: { n: 2 } });
    await until('both have the second', () => told.stock.length === 2 && told.ours.length === 2);

    assert.equal(told.stock[0].user, name);
    assert.ok(told.stock[0].client, 'the id of the connection');
    assert.equal(told.stock[1], undefined);
    assert.deepEqual(told.ours, [{ user: name, client: told.stock[0].client }, null]);
  } finally {
    await stock.close();
    await ours.close();
  }
});
