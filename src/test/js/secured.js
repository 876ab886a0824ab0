/**
 * Tokens, against a gateway that wants them: `node --test secured.js` with HOLDFAST_TOKEN_HMAC_SECRET and HOLDFAST_API_KEY as
 * the gateway has them. Apart from the other tests, which want the insecure mode.
 */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Centrifuge } from 'centrifuge';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { Holdfast } from '../../main/webapp/holdfast.js';
import { Chromium, Node } from './environments.js';
import { fresh, post, send, until, url } from './gateway.js';
import { Run, scenarios, securedScenarios } from './library.js';
import { Network } from './network.js';

const websocketUrl = `${url.replace('http', 'ws')}/connection/websocket`;
const shots = fileURLToPath(new URL('../../../target/', import.meta.url));
const secret = process.env.HOLDFAST_TOKEN_HMAC_SECRET;
const json = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(sub, seconds, key = secret, claims = {}) {
  const signed = `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub, exp: Math.floor(Date.now() / 1000) + seconds, ...claims })}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

let browser;

before(async () => {
  assert.ok(secret && process.env.HOLDFAST_API_KEY, 'HOLDFAST_TOKEN_HMAC_SECRET and HOLDFAST_API_KEY must be set');
  browser = await chromium.launch({
    executablePath: process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
});

after(() => browser?.close());

test('the page asks for a token, and says what is wrong with a bad one', async () => {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  const client = fresh('page');
  await page.getByLabel('Client id').fill(client);
  await page.getByLabel('Token', { exact: true }).fill(token(client, 600, 'x'.repeat(32)));
  assert.equal(await page.locator('#insecure').isVisible(), false);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#token-error', { hasText: 'invalid token' }).waitFor();
  assert.equal(await page.locator('#token[aria-invalid=true]:focus').count(), 1);
  await page.screenshot({ path: `${shots}page-bad-token.png` });

  await page.getByLabel('Token', { exact: true }).fill(token(client, 600));
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#state[data-state=connected]').waitFor();
  await page.getByLabel('API key').fill('wrong');
  await page.getByLabel('Message', { exact: true }).fill('hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('A valid API key is required').waitFor();
  await page.getByLabel('API key').fill(process.env.HOLDFAST_API_KEY);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#messages .body').getByText('hello').waitFor();
  await page.screenshot({ path: `${shots}page-token.png` });
  assert.deepEqual(errors, []);
});

const stock = (endpoint, options, getToken, received) => {
  const sdk = new Centrifuge(endpoint, { getToken, minReconnectDelay: 50, ...options });
  sdk.on('publication', ({ data }) => received.push(data.n));
  sdk.connect();
  return { connected: () => sdk.state === 'connected', close: () => sdk.disconnect(), sdk };
};

/** Both SDKs with tokens of 3 s: what must happen is the same. */
const sdks = {
  'the stock SDK': (...rest) => stock(websocketUrl, { websocket: WebSocket }, ...rest),
  'the stock SDK over http_stream': (...rest) =>
    stock(
      [{ transport: 'http_stream', endpoint: `${url}/connection/http_stream` }],
      { emulationEndpoint: `${url}/emulation` },
      ...rest,
    ),
  'holdfast.js': (getToken, received) => {
    const sdk = new Holdfast({ url: websocketUrl, token: getToken, WebSocket, minDelayMillis: 50 });
    sdk.on('message', async ({ data }) => {
      received.push(data.n);
    });
    sdk.connect();
    return { connected: () => sdk.state === 'connected', close: () => sdk.close(), sdk };
  },
};

for (const [title, connect] of Object.entries(sdks)) {
  test(`${title} refreshes its token on the open connection`, async () => {
    const client = fresh('refresh');
    const received = [];
    let tokens = 0;
    let states = 0;
    const { connected, close, sdk } = connect(async () => {
      tokens++;
      return token(client, 3);
    }, received);
    sdk.on(title === 'holdfast.js' ? 'state' : 'disconnected', () => states++);
    await until('connected', connected);
    const before = states;
    await send(client, { n: 1 });
    await sleep(7_000);
    await send(client, { n: 2 });
    await until('both received', () => received.length === 2);
    assert.deepEqual(received, [1, 2]);
    assert.ok(tokens >= 2, `${tokens} tokens were asked for`);
    assert.equal(states, before, 'the connection stayed');
    await close();
  });
}

/** Gives out the tokens one after the other, and the last one again and again. */
const oneAfterTheOther = (...tokens) => {
  let asked = 0;
  const next = async () => tokens[Math.min(asked++, tokens.length - 1)]();
  return [next, () => asked];
};

const EXPIRED = -60;

for (const [transport, endpoint, options] of [
  ['WebSocket', websocketUrl, { websocket: WebSocket }],
  [
    'http_stream',
    [{ transport: 'http_stream', endpoint: `${url}/connection/http_stream` }],
    { emulationEndpoint: `${url}/emulation` },
  ],
]) {
  test(`the stock SDK over ${transport} comes back from an expired token at refresh`, async () => {
    const client = fresh('expired');
    const received = [];
    const [getToken, asked] = oneAfterTheOther(
      () => token(client, 2),
      () => token(client, EXPIRED),
      () => token(client, 600),
    );
    const { connected, close, sdk } = stock(endpoint, options, getToken, received);
    let gone;
    sdk.on('disconnected', (context) => {
      gone = context;
    });
    await until('connected', connected);
    await until('a third token', () => asked() >= 3);
    await until('connected again', connected);
    await send(client, { n: 1 });
    await until('received', () => received.length === 1);
    assert.equal(gone, undefined);
    close();
  });

  test(`the stock SDK over ${transport} subscribes again after an expired token at sub_refresh`, async () => {
    const client = fresh('expired');
    const channel = fresh('channel');
    const { connected, close, sdk } = stock(endpoint, options, async () => token(client, 600), []);
    await until('connected', connected);
    const claims = { channel };
    const [getToken, asked] = oneAfterTheOther(
      () => token(client, 2, secret, claims),
      () => token(client, EXPIRED, secret, claims),
      () => token(client, 600, secret, claims),
    );
    const received = [];
    let gone;
    let connections = 0;
    sdk.on('connected', () => connections++);
    const subscription = sdk.newSubscription(channel, { getToken, minResubscribeDelay: 50 });
    subscription.on('publication', ({ data }) => received.push(data.n));
    subscription.on('unsubscribed', (context) => {
      gone = context;
    });
    subscription.subscribe();
    await until('a third token', () => asked() >= 3);
    await until('subscribed again', () => subscription.state === 'subscribed');
    await post('publish', { channel, data: { n: 1 } });
    await until('received', () => received.length === 1);
    assert.equal(gone, undefined);
    assert.equal(connections, 0, 'the connection stayed');
    close();
  });

  test(`the stock SDK over ${transport} loses the channel that a refreshed token leaves out`, async () => {
    const client = fresh('changed');
    const [kept, left] = [fresh('kept'), fresh('left')];
    const received = [];
    const [getToken] = oneAfterTheOther(
      () => token(client, 2, secret, { channels: [kept, left] }),
      () => token(client, 600, secret, { channels: [kept] }),
    );
    const { connected, close, sdk } = stock(endpoint, options, getToken, received);
    let unsubscribed;
    sdk.on('unsubscribed', ({ channel }) => {
      unsubscribed = channel;
    });
    await until('connected', connected);
    await until('unsubscribed', () => unsubscribed);
    await until('connected again', connected);
    await post('publish', { channel: left, data: { n: 1 } });
    await post('publish', { channel: kept, data: { n: 2 } });
    await until('received', () => received.length > 0);
    assert.deepEqual(received, [2]);
    assert.equal(unsubscribed, left);
    close();
  });
}

test('nobody reads the outbox of another', async () => {
  const owner = fresh('owner');
  const received = [];
  const sdk = new Centrifuge(websocketUrl, { websocket: WebSocket, token: token(fresh('thief'), 600), data: { client: owner } });
  sdk.on('publication', ({ data }) => received.push(data.n));
  sdk.connect();
  await sdk.ready(5_000);
  await send(owner, { n: 1 });
  const subscription = sdk.newSubscription(`#${owner}`);
  let error;
  subscription.on('unsubscribed', (context) => {
    error = context;
  });
  subscription.subscribe();
  await until('refused', () => error);
  assert.equal(error.code, 103);
  assert.deepEqual(received, []);
  sdk.disconnect();
});

/** Fetches tokens as an application's back end gives them, and does what the scenario says to the next one. */
function tokens(run, { channels = false, seconds = 600 }) {
  run.fetched = [];
  return (channel) => {
    run.fetched.push(channel);
    if (channel && run.refused) {
      return undefined;
    }
    const life = run.expired-- > 0 ? -3600 : seconds;
    return token(run.client, life, secret, channel ? { channel } : channels ? { channels: [run.channel] } : {});
  };
}

for (const environment of [new Node(), new Chromium()]) {
  describe(`holdfast.js with tokens in ${environment.title}`, () => {
    before(() => environment.start());
    after(() => environment.stop());

    for (const scenario of [...securedScenarios, ...scenarios.filter(({ publishes }) => !publishes)]) {
      test(`${scenario.name}: ${scenario.claim}`, { skip: scenario.skip ?? false, timeout: 180_000 }, async () => {
        const network = await Network.open();
        const tabs = [];
        try {
          const run = new Run(network, fresh(scenario.name), async (options) => {
            const tab = await environment.open(network, { ...options, fetchesToken: true }, fetchToken);
            tabs.push(tab);
            return tab;
          });
          const fetchToken = tokens(run, scenario);
          await scenario.run(run);
        } finally {
          await Promise.all(tabs.map((tab) => tab.close()));
          network.close();
        }
      });
    }
  });
}
