/** The dashboard in a browser. Screenshots go to target/. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { launch, openPage, overflow, shots } from './browser.js';
import { fresh, get, post, send, sendNumbers, until, url } from './gateway.js';

const key = process.env.HOLDFAST_API_KEY ?? 'dev';
const websocketUrl = `${url.replace('http', 'ws')}/connection/websocket`;

/** What the browser itself notes of answers that are none of a fault: nobody is logged in, or nothing is known. */
const NO_FAULT = /status of 40[14]/;

const VIEWS = ['Overview', 'Clients', 'Message', 'Channels', 'Dead letters', 'Breakers', 'Cleanup', 'Nodes'];

/** Names that would be elements, and one that is written from right to left. */
const MARKUP = '<img src=x onerror=document.title="hacked">';
const HEBREW = 'שלום';

let browser;
const sdks = [];

before(async () => {
  browser = await launch();
});

after(() => {
  sdks.forEach((sdk) => sdk.disconnect());
  return browser?.close();
});

async function open({ hash = '', roles, ...options } = {}) {
  const page = await openPage(browser, 'about:blank', options);
  if (roles) {
    await page.route('**/api/self', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: answer.ok() ? { ...(await answer.json()), roles } : await answer.json() });
    });
  }
  await page.goto(`${url}/admin${hash}`);
  return page;
}

async function enter(options) {
  const page = await open(options);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return page;
}

function clean(page) {
  assert.deepEqual(page.errors.filter((error) => !NO_FAULT.test(error)), []);
}

/** A client that is connected with the stock SDK, with the channels that it has subscribed to. */
async function connect(client, ...channels) {
  const sdk = new Centrifuge(websocketUrl, { websocket: WebSocket, data: { client } });
  sdks.push(sdk);
  channels.forEach((channel) => sdk.newSubscription(channel).subscribe());
  sdk.connect();
  await sdk.ready(10_000);
  await Promise.all(Object.values(sdk.subscriptions()).map((subscription) => subscription.ready(10_000)));
  return sdk;
}

const view = (page, title) => page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: title, exact: true }).click();
const cardOf = (page, title) => page.locator('section.card', { has: page.getByRole('heading', { name: title, exact: true }) });

/** The dialog that asks names this; it is answered. */
async function confirm(page, text, verb) {
  const dialog = page.getByRole('dialog');
  await dialog.getByText(text, { exact: false }).first().waitFor();
  await dialog.getByRole('button', { name: verb, exact: true }).click();
}

const toast = (page, text) => page.locator('#toast', { hasText: text }).waitFor();

test('a wrong key is refused, and the right one is kept in the tab only, until one logs out', async () => {
  const page = await open();
  assert.equal(page.url(), `${url}/admin/`);
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('The server does not know this key.').waitFor();
  assert.equal(await page.locator('#key[aria-invalid=true]:focus').count(), 1);
  await page.screenshot({ path: `${shots}admin-login.png` });
  await page.getByLabel('API key').fill(key);
  await page.getByLabel('API key').press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(await page.locator('#key').inputValue(), '');
  await view(page, 'Nodes');
  assert.ok(!page.url().includes(key), 'the key is in no address');
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
  await page.reload();
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('API key').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.reload();
  await page.getByLabel('API key').waitFor();
  clean(page);
});

test('a key that does not count any more leads back to the login', async () => {
  const page = await enter();
  await page.route('**/api/**', (route) => route.continue({ headers: { ...route.request().headers(), 'x-api-key': 'no' } }));
  await page.getByText('The server does not accept the login any more.').waitFor();
  assert.equal(await page.locator('#view *').count(), 0);
});

test('who is logged in at the container is not asked for a key', async () => {
  const page = await openPage(browser, 'about:blank');
  const sent = [];
  await page.route('**/api/**', (route) => {
    sent.push(route.request().headers()['x-api-key']);
    return route.continue({ headers: { ...route.request().headers(), 'x-api-key': key } });
  });
  await page.goto(`${url}/admin`);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Log out' }).count(), 0);
  assert.deepEqual([...new Set(sent)], [undefined]);
  assert.deepEqual(page.errors, []);
});

test('the overview has live charts, each with a table', async () => {
  const page = await enter();
  const client = fresh('load');
  await connect(client);
  const ends = Date.now() + 7000;
  for (let n = 0; Date.now() < ends; n++) {
    await send(client, { n });
  }
  const chart = page.getByRole('group', { name: 'Messages' });
  await chart.locator('strong', { hasText: /^[1-9].*\/s$/ }).first().waitFor();
  await page.getByRole('group', { name: 'Latency from publishing' }).locator('strong', { hasText: /ms$/ }).first().waitFor();
  assert.equal(await page.locator('figure[role=group]').count(), 6);
  assert.equal(await page.locator('figure canvas').count(), 6);
  await chart.getByText('As a table').click();
  const table = chart.getByRole('table', { name: 'Messages' });
  await table.getByRole('columnheader', { name: 'stored' }).waitFor();
  await until('rates in the table', async () => /[1-9].*\/s/.test(await table.textContent()));
  await cardOf(page, 'This node').getByText('Up for').waitFor();
  await page.getByText('The node takes messages.').waitFor();
  await chart.getByText('As a table').click();
  await page.screenshot({ path: `${shots}admin-overview.png`, fullPage: true });
  clean(page);
});

test('a server that does not answer is told, until it does', async () => {
  const page = await enter({ hash: '/#/clients' });
  await page.route('**/api/clients*', (route) => route.abort());
  await page.locator('#fault', { hasText: 'The server does not answer.' }).waitFor();
  await page.unroute('**/api/clients*');
  await page.locator('#fault[hidden]').waitFor({ state: 'attached' });
});

test('a client is found, and what is known of it is shown; it is disconnected and revoked', async () => {
  const client = fresh('Somebody');
  const sdk = await connect(client);
  await sendNumbers(client, 1, 3);
  const page = await enter();
  await view(page, 'Clients');
  await page.getByRole('searchbox').fill(client.toLowerCase());
  await page.getByRole('link', { name: client }).click();
  await page.getByRole('heading', { name: client, level: 1 }).waitFor();
  const connections = page.getByRole('table', { name: 'Connections' });
  await connections.getByText('live').waitFor();
  await page.getByRole('table', { name: 'Devices' }).getByText('default').waitFor();
  await page.getByRole('table', { name: 'Newest messages in the outbox' }).getByRole('link', { name: `${client}-3` }).waitFor();
  await until('the cursor', async () => (await page.getByRole('table', { name: 'Devices' }).textContent()).includes('3'));
  await page.screenshot({ path: `${shots}admin-client.png`, fullPage: true });

  let came = 0;
  sdk.on('connected', () => came++);
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
  assert.equal(came, 0, 'it asks first');
  await page.screenshot({ path: `${shots}admin-dialog.png` });
  await confirm(page, client, 'Disconnect');
  await toast(page, 'was disconnected');
  await until('it comes again', () => came === 1);

  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(sdk.state, 'connected', 'nothing happens when one cancels');
  await page.getByRole('button', { name: 'Revoke' }).click();
  await confirm(page, client, 'Revoke');
  await toast(page, 'Revoked. 1 connection was closed.');
  await until('it stays away', () => sdk.state === 'disconnected');
  await page.locator('.chip', { hasText: 'revoked' }).waitFor();
  await page.getByRole('button', { name: 'Let in again' }).click();
  await confirm(page, client, 'Let in again');
  await page.getByRole('button', { name: 'Revoke' }).waitFor();
  sdk.connect();
  await sdk.ready(10_000);
  clean(page);
});

test('a client that was never here has its backlog shown, and its message its state', async () => {
  const client = fresh('stranger');
  await send(client, { text: 'anybody there?' }, { id: 'first call' });
  const page = await enter({ hash: `/#/clients/${client}` });
  await page.locator('.chip', { hasText: 'never seen here' }).waitFor();
  await page.getByText('It has no open connection.').waitFor();
  await page.getByRole('link', { name: 'first call' }).click();
  await page.getByRole('heading', { name: 'Why has it not arrived?' }).waitFor();
  await page.locator('.answer strong').waitFor();
  assert.notEqual((await page.locator('.answer strong').textContent()).trim(), '');
  await page.screenshot({ path: `${shots}admin-message.png` });
  await page.getByLabel('Message id').fill('another');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.waitForURL(/id=another/);
  await page.locator('.answer').waitFor();
  await connect(client);
  await page.goto(`${url}/admin/#/message?${new URLSearchParams({ client, id: 'first call' })}`);
  await page.locator('.answer[data-kind=ok]').waitFor();
  clean(page);
});

test('the explanation names the cause, what to do, and the way of the message', async () => {
  const page = await open();
  const device = { device: HEBREW, connected: false, cursor: 3, seen_at: 1000, cause: 'breaker-open', text: 'Its breaker is open.' };
  const explained = {
    client: MARKUP,
    id: 'm1',
    arrived: false,
    state: 'queued',
    cause: 'breaker-open',
    text: `The breaker of device ${MARKUP} is open.`,
    advice: 'Wait, or reset it.',
    until: Date.now() + 60_000,
    also: ['behind'],
    story: [
      { at: 1_796_000_000_000, what: 'stored', text: 'as number 4 of the outbox', node: 0 },
      { at: 0, what: 'written', text: `to connection ${MARKUP}`, node: 7 },
    ],
    story_complete: false,
    devices: [device],
    missing_nodes: [9],
  };
  await page.route('**/api/explain?*', (route) => route.fulfill({ json: explained }));
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
  await view(page, 'Message');
  await page.getByLabel('Client').fill(MARKUP);
  await page.getByLabel('Message id').fill('m1');
  await page.getByLabel('Message id').press('Enter');
  const answer = page.locator('.answer[data-kind=warn]');
  await answer.getByText(explained.text).waitFor();
  assert.match(await answer.textContent(), /^breaker open.*Wait, or reset it\.Until .*Besides: behind\.$/);
  assert.match((await page.locator('.story li').allTextContents()).join('|'), /stored as number 4.*\|.*written to connection .* node 7$/);
  await page.getByText('The beginning is not known any more').waitFor();
  await page.getByRole('table', { name: 'Devices' }).getByText('Its breaker is open.').waitFor();
  await page.getByText('Without 1 node that did not answer: 9.').waitFor();
  await page.screenshot({ path: `${shots}admin-explained.png`, fullPage: true });
  clean(page);
});

test('a channel has its subscribers and publications; one publishes there and removes them', async () => {
  const channel = `orders:${fresh('channel')}`;
  const client = fresh('subscriber');
  await connect(client, channel);
  const page = await enter({ hash: '/#/channels' });
  await page.getByRole('searchbox').fill(`${channel.slice(0, -1)}*`);
  await page.getByRole('link', { name: channel }).click();
  await page.getByRole('table', { name: 'Subscribers' }).getByRole('link', { name: client }).waitFor();
  await page.getByLabel('Data, as JSON').fill('no JSON');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('This is not JSON.').waitFor();
  await page.getByLabel('Data, as JSON').fill(JSON.stringify({ text: MARKUP }));
  await page.getByRole('button', { name: 'Publish' }).click();
  await toast(page, 'Published');
  const kept = (await post('history', { channel, limit: 1 })).result.publications.length;
  if (kept > 0) {
    await page.getByRole('table', { name: 'Newest publications' }).getByText(MARKUP.replaceAll('"', '\\"')).waitFor();
    await page.screenshot({ path: `${shots}admin-channel.png`, fullPage: true });
    await page.getByRole('button', { name: 'Remove the history' }).click();
    await confirm(page, channel, 'Remove');
    await page.getByText('The channel keeps no publications').waitFor();
  }
  assert.notEqual(await page.title(), 'hacked');
  clean(page);
});

test('names and payloads are text, also those that are markup or run from right to left', async () => {
  const mark = fresh('').slice(1);
  const names = [`${MARKUP}${mark}`, `${HEBREW} ${mark}`, `a/b;c?d#e%2f&amp; ${mark}`];
  for (const client of names) {
    await connect(client);
    await send(client, { [MARKUP]: HEBREW }, { id: `${HEBREW}${MARKUP}` });
  }
  const page = await enter({ hash: `/#/clients?search=${mark}` });
  for (const client of names) {
    await page.getByRole('link', { name: client, exact: true }).click();
    await page.getByRole('heading', { name: client, level: 1 }).waitFor();
    await page.getByRole('table', { name: 'Connections' }).getByText('live').waitFor();
    await page.getByRole('link', { name: `${HEBREW}${MARKUP}` }).click();
    await page.locator('.answer').waitFor();
    assert.equal(await page.getByLabel('Client').inputValue(), client);
    await page.goBack();
    await page.getByRole('heading', { name: client, level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByText(client).waitFor();
    await page.screenshot({ path: `${shots}admin-names-${names.indexOf(client)}.png` });
    await page.keyboard.press('Escape');
    await page.goBack();
  }
  assert.equal(await page.locator('img:not([src$="favicon.svg"])').count(), 0);
  assert.doesNotMatch(await page.title(), /hacked/);
  clean(page);
});

test('a dead letter is inspected, sent again and discarded', async () => {
  const client = fresh('poisoned');
  await sendNumbers(client, 3, 3);
  const program = fileURLToPath(new URL('poisoned-client.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, websocketUrl, client], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const page = await enter();
    const letters = async () => (await get(`dead-letters?client=${client}`)).dead_letters;
    await until('the dead letter', async () => (await letters()).length === 1, 60_000);
    child.kill();

    const [{ number }] = await letters();
    await page.goto(`${url}/admin/#/dead-letters/${number}`);
    await page.getByRole('heading', { name: `Dead letter #${number}` }).waitFor();
    await page.locator('pre', { hasText: '"n":3' }).waitFor();
    await page.screenshot({ path: `${shots}admin-letter.png` });
    await page.getByRole('button', { name: /Send .* again/ }).click();
    await toast(page, 'sent again');
    assert.equal((await letters()).length, 0);

    await page.route(`**/api/dead-letters?*`, (route) => route.fulfill({ json: { dead_letters: [letter] } }));
    const letter = { number: 987654, client, device: 'default', id: MARKUP, offset: 7, attempts: 5, dead_at: Date.now(), published_at: 1, data: 1, tags: {} };
    await view(page, 'Dead letters');
    await page.getByRole('button', { name: 'Discard dead letter 987654' }).click();
    await confirm(page, MARKUP, 'Discard');
    await page.locator('#toast[role=alert]', { hasText: 'There is no dead letter with this number' }).waitFor();
    clean(page);
  } finally {
    child.kill();
  }
});

test('a breaker is shown with the time that it stays open, and reset', async () => {
  const client = fresh('broken');
  const page = await open();
  const breaker = { client, device: MARKUP, state: 'open', failures: 5, successes: 0, openings: 2, open_ms: 61_000 };
  await page.route('**/api/breakers?*', (route) => route.fulfill({ json: { breakers: [breaker], missing_nodes: [7] } }));
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
  await view(page, 'Breakers');
  const row = page.getByRole('row', { name: client });
  await row.getByText('open, 1 min 1 s left').waitFor();
  await row.getByText(MARKUP).waitFor();
  await page.getByText('Without 1 node that did not answer: 7.').waitFor();
  await page.screenshot({ path: `${shots}admin-breakers.png` });
  await row.getByRole('button', { name: `Reset the breakers of ${client}` }).click();
  await toast(page, '0 breakers were reset.');
  clean(page);
});

test('cleanup is tried and run', async () => {
  const page = await enter({ hash: '/#/cleanup' });
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.getByText('Dry run: nothing was changed').waitFor();
  await page.getByRole('button', { name: 'Run a cycle' }).click();
  await confirm(page, 'cannot be restored', 'Run');
  await toast(page, /Cycle \d+ has begun/);
  await page.getByRole('table', { name: 'Cycles' }).locator('.chip', { hasText: 'completed' }).first().waitFor();
  await page.screenshot({ path: `${shots}admin-cleanup.png`, fullPage: true });
  clean(page);
});

test('a drain is asked for by the name of the node, with its window', async () => {
  const page = await enter({ hash: '/#/nodes' });
  const asked = [];
  await page.route('**/api/drain*', (route) => {
    asked.push(new URL(route.request().url()).search);
    return route.fulfill({ json: { connections: 2, unwritten: 0, ms: 1234, stats: {} } });
  });
  const { node } = await get('self');
  await page.getByRole('button', { name: `Drain the node ${node}` }).click();
  await page.getByRole('dialog').getByLabel('Seconds').fill('5');
  await confirm(page, node, 'Drain');
  await toast(page, 'Drained in 1.2 s: 2 connections, 0 with unwritten messages.');
  assert.deepEqual(asked, ['?window=5']);
  clean(page);
});

test('a reader sees everything and no button that changes something', async () => {
  const client = fresh('watched');
  const channel = fresh('watched-channel');
  await connect(client, channel);
  const page = await enter({ roles: ['reader'] });
  await page.locator('#role', { hasText: 'reader' }).waitFor();
  for (const hash of ['', 'clients', `clients/${client}`, 'message', 'channels', `channels/${channel}`, 'dead-letters', 'breakers', 'cleanup', 'nodes']) {
    await page.evaluate((to) => {
      location.hash = `#/${to}`;
    }, hash);
    await page.waitForTimeout(700);
    const buttons = await page.locator('#view button').allTextContents();
    assert.deepEqual(buttons.filter((text) => !['Open', 'Explain', 'Show more'].includes(text)), [], hash);
    assert.equal(await page.locator('#fault').isHidden(), true, hash);
  }
  const publisher = await open({ roles: ['publisher'] });
  await publisher.getByLabel('API key').fill(key);
  await publisher.getByRole('button', { name: 'Log in' }).click();
  await publisher.getByText('The dashboard needs reader or admin.').waitFor();
  clean(page);
});

test('every view fits 320 px and follows the dark scheme', async () => {
  const client = fresh('a-client-with-a-name-that-is-longer-than-the-screen-of-a-phone-is-wide');
  const channel = fresh('narrow');
  await connect(client, channel);
  await send(client, { text: 'x'.repeat(500) });
  const phone = await enter({ viewport: { width: 320, height: 640 } });
  const dark = await enter({ colorScheme: 'dark' });
  const addresses = ['', 'clients', `clients/${client}`, `message?client=${client}&id=x`, 'channels', `channels/${channel}`, 'dead-letters', 'breakers', 'cleanup', 'nodes'];
  for (const hash of addresses) {
    for (const page of [phone, dark]) {
      await page.evaluate((to) => {
        location.hash = `#/${to}`;
      }, hash);
    }
    await phone.waitForTimeout(900);
    const word = hash.split(/[/?]/)[0] || 'overview';
    const which = hash.includes('/') ? `${word}-one` : word;
    assert.ok((await overflow(phone)) <= 0, `${which} is ${await overflow(phone)} px too wide`);
    await phone.screenshot({ path: `${shots}admin-${which}-320.png`, fullPage: true });
    await dark.screenshot({ path: `${shots}admin-${which}-dark.png` });
  }
  const background = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(background, await phone.evaluate(() => getComputedStyle(document.body).backgroundColor));
  clean(phone);
  clean(dark);
});

test('all is done by keyboard, and the focus stays where one was', async () => {
  const client = fresh('keyboard');
  const sdk = await connect(client);
  const page = await open();
  const press = async (...keys) => {
    for (const each of keys) {
      await page.keyboard.press(each);
    }
  };
  await page.locator('#key:focus').waitFor();
  await press('Control+a');
  await page.keyboard.type(key);
  await press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const tabTo = async (locator) => {
    for (let n = 0; n < 40; n++) {
      await press('Tab');
      if (await locator.evaluate((element) => element === document.activeElement)) {
        return;
      }
    }
    assert.fail('Tab does not lead there');
  };
  await tabTo(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Clients' }));
  await press('Enter');
  await page.locator('#view:focus').waitFor();
  await tabTo(page.getByRole('searchbox'));
  await page.keyboard.type(client);
  const found = page.getByRole('link', { name: client });
  await found.waitFor();
  await tabTo(found);
  await page.waitForTimeout(4000); // the list is read again meanwhile
  assert.ok(await found.evaluate((element) => element === document.activeElement));
  await press('Enter');
  await page.getByRole('heading', { name: client, level: 1 }).waitFor();
  const button = page.getByRole('button', { name: 'Disconnect', exact: true });
  await button.waitFor();
  await tabTo(button);
  await press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(4000);
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.ok(await button.evaluate((element) => element === document.activeElement), 'the focus is back at the button');
  assert.equal(sdk.state, 'connected');
  clean(page);
});

test('the page has one main part, named tables, and a heading for every view', async () => {
  const page = await enter();
  for (const title of VIEWS) {
    await view(page, title);
    await page.waitForTimeout(500);
    assert.equal(await page.getByRole('main').count(), 1, title);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, title);
    assert.equal(await page.locator('nav [aria-current=page]').textContent(), title);
    const unnamed = await page.locator('table:not(:has(caption))').count();
    assert.equal(unnamed, 0, `${title}: tables without a name`);
    const fields = await page.locator('#view input, #view textarea, #view select').all();
    for (const field of fields) {
      assert.ok(await field.evaluate((element) => element.labels.length > 0), `${title}: a field without a label`);
    }
  }
  clean(page);
});

test('no code of the dashboard interprets text as HTML', () => {
  const root = fileURLToPath(new URL('../../main/webapp/admin/', import.meta.url));
  const sources = readdirSync(root, { recursive: true }).filter((file) => /\.(js|html)$/.test(file) && !file.startsWith('vendor'));
  assert.ok(sources.length > 10);
  for (const source of sources) {
    const text = readFileSync(root + source, 'utf8');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc|\sstyle=|\son\w+=/, source);
  }
});
