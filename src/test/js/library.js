/**
 * What of the validation suite a client library can fail, as a list for every environment. Each scenario is given the names
 * and doors of its own run.
 */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { canKill, killAndStart, post, sendNumbers, state, until } from './gateway.js';

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What a scenario works with. */
export class Run {
  /** @param open opens a tab: open(options) */
  constructor(network, name, open) {
    this.network = network;
    this.client = name;
    this.channel = `channel-${name}`;
    this.open = (options = {}) => open({ client: name, ...options });
  }

  async connected(options) {
    const tab = await this.open(options);
    await tab.call('connect');
    await this.comesBack(tab);
    return tab;
  }

  comesBack(tab) {
    return until('connected', async () => (await tab.call('state')) === 'connected');
  }

  async cut(tab) {
    this.network.cut();
    await until('the loss is noticed', async () => (await tab.call('state')) !== 'connected');
  }

  send(from, to, padding) {
    return sendNumbers(this.client, from, to, padding);
  }

  async publish(from, to) {
    const commands = numbers(from, to).map((n) => ({
      publish: { channel: this.channel, idempotency_key: `${this.channel}-${n}`, data: { n } },
    }));
    const { replies } = await post('batch', { commands });
    assert.ok(replies.every((reply) => reply.publish?.offset), JSON.stringify(replies));
  }

  /** Exactly these, in order, at rising offsets, each once; and nothing comes after them. */
  async has(tab, wanted, channel) {
    const got = () => tab.call('got', channel);
    await until(() => `the last of ${wanted.length} messages`, async () => (await got()).at(-1)?.n === wanted.at(-1), 60_000);
    await sleep(200);
    const all = await got();
    assert.deepEqual(all.map(({ n }) => n), wanted);
    assert.ok(all.every(({ offset }, i) => i === 0 || offset > all[i - 1].offset), 'the offsets rise');
  }

  async lost(tab, times, channel) {
    assert.equal(await tab.call('count', 'lost', channel), times, 'times that a loss was told');
  }

  confirmed(n) {
    return until(`${n} is confirmed`, async () => (await state(this.client, `${this.client}-${n}`)) === 'acknowledged');
  }
}

const scenario = (name, claim, run, more = {}) => ({ name, claim, run, ...more });

/** In insecure mode; with tokens, clients publish only where a namespace says so. */
export const scenarios = [
  scenario('ordering', 'a connected client gets every message once, in order, and confirms it', async (run) => {
    const tab = await run.connected();
    await run.send(1, 60);
    await run.has(tab, numbers(1, 60));
    await run.confirmed(60);
    await run.lost(tab, 0);
  }),

  scenario('backlog', 'a client that comes for the first time gets all that waits, also with a slow handler', async (run) => {
    await run.send(1, 300, 'x'.repeat(4_000));
    const tab = await run.connected({ delayMillis: 1, maxWaiting: 50 });
    await run.has(tab, numbers(1, 300));
    await run.confirmed(300);
    await run.lost(tab, 0);
  }),

  scenario('cut', 'a client whose connection is cut again and again gets everything once, in order', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    for (let round = 0; round < 5; round++) {
      const [from, to] = [round * 20 + 1, round * 20 + 20];
      const sending = Promise.all([run.send(from, to), run.publish(from, to)]);
      if (round % 2) {
        await sending;
      }
      run.network.cut();
      await sending;
      run.network.heal();
      await run.comesBack(tab);
    }
    await run.has(tab, numbers(1, 100));
    await run.has(tab, numbers(1, 100), run.channel);
    await run.lost(tab, 0, run.channel);
  }),

  scenario('stall', 'a network that stands still loses nothing', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    run.network.stall();
    await Promise.all([run.send(1, 50), run.publish(1, 50)]);
    await sleep(500);
    run.network.resume();
    await run.has(tab, numbers(1, 50));
    run.network.stall();
    await Promise.all([run.send(51, 60), run.publish(51, 60)]);
    run.network.cut();
    run.network.heal();
    await run.has(tab, numbers(1, 60));
    await run.has(tab, numbers(1, 60), run.channel);
  }),

  scenario('split', 'bytes that come one by one lose nothing', async (run) => {
    run.network.split();
    const tab = await run.connected();
    await run.send(1, 10);
    await run.has(tab, numbers(1, 10));
  }),

  scenario('channel-recovery', 'a subscriber that comes back to a channel gets what it missed', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    await run.publish(1, 1);
    await run.has(tab, [1], run.channel);
    await tab.call('offline');
    await run.publish(2, 2);
    await tab.call('online');
    await run.publish(3, 3);
    await run.has(tab, [1, 2, 3], run.channel);
    await run.lost(tab, 0, run.channel);
  }),

  scenario('channel-overflow', 'what a channel no longer has is told as lost, and the rest comes', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    await run.publish(1, 1);
    await run.has(tab, [1], run.channel);
    await tab.call('offline');
    await run.publish(2, 2);
    await post('history_remove', { channel: run.channel });
    await tab.call('online');
    await run.publish(3, 3);
    await run.has(tab, [1, 3], run.channel);
    await run.lost(tab, 1, run.channel);
  }),

  scenario('overflow', 'messages that gave way to newer ones are told as lost, and the rest comes', async (run) => {
    const tab = await run.connected();
    await run.send(1, 1);
    await run.has(tab, [1]);
    await run.confirmed(1);
    await tab.call('offline');
    for (let from = 2; from < 1202; from += 400) {
      await run.send(from, from + 399);
    }
    await tab.call('online');
    await until('the last', async () => (await tab.call('got')).at(-1)?.n === 1201);
    await run.lost(tab, 1);
    assert.equal((await tab.call('got')).length, 1001, 'what is left');
  }),

  scenario('expiry', 'a message that expired is not delivered, and is not told as lost', async (run) => {
    const tab = await run.connected();
    await run.send(1, 1);
    await run.has(tab, [1]);
    await tab.call('offline');
    await post('send', { client: run.client, id: `${run.client}-short`, data: { n: 99 }, ttl: 0.5 });
    await run.send(2, 3);
    await until('expired', async () => (await state(run.client, `${run.client}-short`)) === 'expired');
    await tab.call('online');
    await run.has(tab, [1, 2, 3]);
    await run.lost(tab, 0);
  }),

  scenario('fresh-instance', 'a reloaded page goes on behind what its device has confirmed', async (run) => {
    const tab = await run.connected({ device: 'till-3' });
    await run.send(1, 10);
    await run.has(tab, numbers(1, 10));
    await run.confirmed(10);
    await tab.reload();
    await run.send(11, 20);
    await tab.call('connect');
    await run.has(tab, numbers(11, 20));
    await run.lost(tab, 0);
  }),

  scenario('fresh-unconfirmed', 'a reloaded page gets again what its predecessor had not handled', async (run) => {
    const tab = await run.connected({ delayMillis: 400 });
    await run.send(1, 4);
    await run.confirmed(1);
    await tab.reload();
    await tab.call('connect');
    await until('all', async () => (await tab.call('got')).at(-1)?.n === 4);
    assert.ok((await tab.call('got'))[0].n <= 3);
    await run.confirmed(4);
  }),

  scenario('stored-positions', 'with a storage, a reloaded page goes on in its channels too', async (run) => {
    const tab = await run.connected({ storage: true });
    await tab.call('subscribe', run.channel);
    await Promise.all([run.send(1, 3), run.publish(1, 3)]);
    await run.has(tab, [1, 2, 3]);
    await run.has(tab, [1, 2, 3], run.channel);
    await tab.reload();
    await Promise.all([run.send(4, 5), run.publish(4, 5)]);
    await tab.call('connect');
    await tab.call('subscribe', run.channel);
    await run.has(tab, [4, 5]);
    await run.has(tab, [4, 5], run.channel);
    await run.lost(tab, 0, run.channel);
  }),

  scenario('replaced-device', 'of a named device the newer connection wins, and the older stays away', async (run) => {
    const older = await run.connected({ device: 'till-3' });
    const newer = await run.connected({ device: 'till-3' });
    await until('replaced', async () => (await older.call('state')) === 'closed');
    await run.send(1, 3);
    await run.has(newer, [1, 2, 3]);
    await sleep(700);
    assert.deepEqual((await older.call('log')).state.at(-1), { state: 'closed', code: 4500 });
  }),

  scenario('tab-away', 'a tab that was away gets the messages that another tab has confirmed', async (run) => {
    const [one, two] = [await run.connected(), await run.connected()];
    await run.send(1, 1);
    await run.has(one, [1]);
    await run.has(two, [1]);
    await two.call('offline');
    await run.send(2, 4);
    await run.has(one, [1, 2, 3, 4]);
    await run.confirmed(4);
    await two.call('online');
    await run.send(5, 5);
    await run.has(two, [1, 2, 3, 4, 5]);
    await run.lost(two, 0);
  }),

  scenario('device-away', 'a device that was away gets the messages that another device has confirmed', async (run) => {
    const [one, two] = [await run.connected({ device: 'phone' }), await run.connected({ device: 'till' })];
    await run.send(1, 1);
    await run.has(one, [1]);
    await run.has(two, [1]);
    await two.call('offline');
    await run.send(2, 4);
    await run.has(one, [1, 2, 3, 4]);
    await run.confirmed(4);
    await two.reload();
    await two.call('connect');
    await run.has(two, [2, 3, 4]);
    await run.lost(two, 0);
  }),

  scenario('server-subscription', 'a subscription made by the API brings its messages, and its end is told', async (run) => {
    const tab = await run.connected();
    await run.publish(1, 1);
    await post('subscribe', { user: run.client, channel: run.channel });
    await until('subscribed', async () => (await tab.call('count', 'subscribed', run.channel)) === 1);
    await run.publish(2, 3);
    await run.has(tab, [2, 3], run.channel);
    await tab.call('offline');
    await tab.call('online');
    await until('its end is told', async () => (await tab.call('count', 'unsubscribed', run.channel)) === 1);
    await run.comesBack(tab);
    await post('subscribe', { user: run.client, channel: run.channel });
    await until('subscribed again', async () => (await tab.call('count', 'subscribed', run.channel)) === 2);
    await run.publish(4, 4);
    await run.has(tab, [2, 3, 4], run.channel);
    await post('unsubscribe', { user: run.client, channel: run.channel });
    await until('its end is told', async () => (await tab.call('count', 'unsubscribed', run.channel)) === 2);
  }),

  scenario('deduplication', 'a publish that is repeated over a cut is stored once', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    for (let n = 1; n <= 10; n++) {
      const receipt = tab.call('publish', run.channel, { n });
      if (n % 3 === 0) {
        run.network.cut();
        run.network.heal();
      }
      assert.ok((await receipt).offset);
    }
    await run.has(tab, numbers(1, 10), run.channel);
  }, { publishes: true }),

  scenario('sigkill', 'a SIGKILL of the server loses nothing', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    await Promise.all([run.send(1, 5), run.publish(1, 5)]);
    await run.has(tab, numbers(1, 5));
    run.network.cut();
    await Promise.all([run.send(6, 50), run.publish(6, 50)]);
    await killAndStart();
    run.network.heal();
    await run.has(tab, numbers(1, 50));
    await run.has(tab, numbers(1, 50), run.channel);
  }, { skip: !canKill }),
];

/** With tokens besides; run.expired of the next ones have expired, with run.refused there are none for channels. */
export const securedScenarios = [
  scenario('token-channel', 'a channel of the token goes on where it was over a lost connection', async (run) => {
    const tab = await run.connected();
    await run.publish(1, 1);
    await run.has(tab, [1], run.channel);
    await tab.call('offline');
    await run.publish(2, 2);
    await tab.call('online');
    await run.publish(3, 3);
    await run.has(tab, [1, 2, 3], run.channel);
    await run.lost(tab, 0, run.channel);
  }, { channels: true }),

  scenario('token-channel-lost', 'what a channel of the token no longer has is told as lost', async (run) => {
    const tab = await run.connected();
    await run.publish(1, 1);
    await run.has(tab, [1], run.channel);
    await tab.call('offline');
    await run.publish(2, 2);
    await post('history_remove', { channel: run.channel });
    await tab.call('online');
    await run.publish(3, 3);
    await run.has(tab, [1, 3], run.channel);
    await run.lost(tab, 1, run.channel);
  }, { channels: true }),

  scenario('token-channel-reload', 'with a storage, a channel of the token goes on after a reload', async (run) => {
    const tab = await run.connected({ storage: true });
    await run.publish(1, 2);
    await run.has(tab, [1, 2], run.channel);
    await tab.reload();
    await run.publish(3, 3);
    await tab.call('connect');
    await run.has(tab, [3], run.channel);
  }, { channels: true }),

  scenario('subscription-token', 'a subscription lives on over the life of its tokens', async (run) => {
    const tab = await run.connected();
    await tab.call('subscribe', run.channel);
    await run.publish(1, 1);
    await sleep(7_000);
    await run.publish(2, 2);
    await run.has(tab, [1, 2], run.channel);
    assert.ok(run.fetched.filter((channel) => channel === run.channel).length >= 2, 'tokens were renewed');
    assert.deepEqual((await tab.call('log')).unsubscribed, []);
  }, { seconds: 3 }),

  scenario('expired-token', 'an expired token is replaced by a fresh one', async (run) => {
    run.expired = 1;
    const tab = await run.connected();
    await run.send(1, 2);
    await run.has(tab, [1, 2]);
    run.expired = 1;
    await tab.call('subscribe', run.channel);
    await run.publish(1, 2);
    await run.has(tab, [1, 2], run.channel);
  }),

  scenario('refused-subscription', 'a subscription without a token is refused, and the connection stays', async (run) => {
    const tab = await run.connected();
    run.refused = true;
    await assert.rejects(tab.call('subscribe', run.channel), /permission denied/);
    assert.equal(await tab.call('state'), 'connected');
  }),
];
