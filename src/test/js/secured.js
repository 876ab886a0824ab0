/**
 * Tokens, against a gateway that wants them: `node --test secured.js` with HOLDFAST_TOKEN_HMAC_SECRET and HOLDFAST_API_KEY as
 * the gateway has them. Apart from the other tests, which want the insecure mode.
 */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Centrifuge } from 'centrifuge';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { Holdfast } from '../../main/webapp/holdfast.js';
import { fresh, send, until, url } from './gateway.js';

const websocketUrl = `${url.replace('http', 'ws')}/connection/websocket`;
const shots = fileURLToPath(new URL('../../../target/', import.meta.url));
const secret = process.env.HOLDFAST_TOKEN_HMAC_SECRET;
const json = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(sub, seconds, key = secret) {
  const signed = `${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub, exp: Math.floor(Date.now() / 1000) + seconds })}`;
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
  await page.getByText('The server closed the connection').waitFor();
  await page.screenshot({ path: `${shots}page-bad-token.png` });

  await page.reload();
  await page.getByLabel('Client id').fill(client);
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
