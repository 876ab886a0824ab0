/** The page in a browser: the README's demo. Screenshots go to target/. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, overflow, shots } from './browser.js';
import { fresh, send, url } from './gateway.js';

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

const open = (options) => openPage(browser, url, options);

async function connect(page, client) {
  await page.getByLabel('Client id').fill(client);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#state[data-state=connected]').waitFor();
}

const texts = (page) => page.locator('#messages .body').allTextContents();

async function shows(page, wanted) {
  await page.waitForFunction((count) => document.querySelectorAll('#messages li').length >= count, wanted.length);
  assert.deepEqual((await texts(page)).reverse(), wanted);
}

test('connects, sends, goes offline, misses three, comes back and sees them', async () => {
  const page = await open();
  const client = fresh('page');
  await page.getByText('Insecure development mode').waitFor();

  await connect(page, client);
  assert.equal(await page.getByLabel('To client').inputValue(), client);
  await page.getByLabel('Message', { exact: true }).fill('Hello, <b>myself</b>');
  await page.getByRole('button', { name: 'Send' }).click();
  await shows(page, ['Hello, <b>myself</b>']);
  await page.locator('#sent .chip[data-state=acknowledged]').waitFor();

  await page.getByRole('button', { name: 'Go offline' }).click();
  await page.locator('#state[data-state=offline]').waitFor();
  for (const n of [1, 2, 3]) {
    await send(client, { text: `missed ${n}` });
  }
  await page.getByLabel('Message', { exact: true }).fill('sent while offline');
  await page.getByLabel('Message', { exact: true }).press('Enter');
  await page.locator('#sent .chip[data-state=queued]').waitFor();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${shots}page-offline.png` });
  assert.equal((await texts(page)).length, 1);

  await page.getByRole('button', { name: 'Go online' }).click();
  await shows(page, ['Hello, <b>myself</b>', 'missed 1', 'missed 2', 'missed 3', 'sent while offline']);
  const offsets = (await page.locator('#messages .offset').allTextContents()).reverse();
  assert.deepEqual(offsets, ['#1', '#2', '#3', '#4', '#5']);
  await page.locator('#messages li').nth(2).getByText('while you were away').waitFor();
  assert.equal(await page.locator('#messages .chip').count(), 4);
  await page.locator('#sent li').first().locator('.chip[data-state=acknowledged]').waitFor();
  await page.screenshot({ path: `${shots}page.png` });
  assert.deepEqual(page.errors, []);

  await page.reload();
  await page.locator('#state[data-state=connected]').waitFor();
  await send(client, { text: 'after the reload' });
  await shows(page, ['after the reload']);
  assert.deepEqual(page.errors, []);
});

test('calls a method of a bean', async () => {
  const page = await open();
  const client = fresh('caller');
  await page.getByRole('tab', { name: 'a call' }).click();
  const call = page.getByRole('button', { name: 'Call' });
  await call.click();
  await page.getByText('Connect first').waitFor();
  await connect(page, client);
  await call.click();
  await page.locator('#answer:not([hidden])').waitFor();
  const answer = JSON.parse(await page.locator('#answer').textContent());
  assert.equal(answer.client, client);
  assert.deepEqual(answer.data, { hello: 'world' });
  await page.screenshot({ path: `${shots}page-call.png` });
  await page.getByLabel('Data, as JSON').fill('{');
  await call.click();
  await page.getByText('The data is not JSON.').waitFor();
  assert.equal(await page.locator('#answer').isHidden(), true);
  await page.getByLabel('Data, as JSON').fill('');
  await page.getByLabel('Method').fill('nobody.answers');
  await call.click();
  await page.locator('#call-error', { hasText: '(108)' }).waitFor();
  await page.getByRole('tab', { name: 'a call' }).press('ArrowLeft');
  await page.getByLabel('Message', { exact: true }).waitFor();
  assert.deepEqual(page.errors, []);
});

test('fits a phone, and follows the dark scheme', async () => {
  const page = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  const client = fresh('phone');
  await send(client, { text: 'waiting for you' });
  await send(client, { order: 7, state: 'paid', note: 'x'.repeat(300) });
  await connect(page, client);
  await page.locator('#messages li').nth(1).waitFor();
  assert.ok((await overflow(page)) <= 0, 'nothing is too wide');
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${shots}page-phone.png`, fullPage: true });
  assert.deepEqual(page.errors, []);
});

test('tells why something was not sent', async () => {
  const page = await open();
  await page.getByLabel('To client').fill('somebody');
  await page.getByLabel('Message', { exact: true }).fill('x');
  await page.route('**/api/send', (route) => route.continue({ headers: { ...route.request().headers(), 'x-api-key': 'no' } }));
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText(/^A valid API key is required.*Nothing was sent\.$/).waitFor();
  assert.equal(await page.locator('#sent li').count(), 0);
});

const UNKNOWN = 'It is not known whether the message is stored.';

/** Sends, and lets the page have no answer. Returns the ids of all requests. */
async function sendUnanswered(page, text, { stored }) {
  const ids = [];
  await page.route('**/api/send', async (route) => {
    ids.push(route.request().postDataJSON().id);
    if (ids.length > 1) {
      await route.continue();
    } else {
      if (stored) {
        await route.fetch();
      }
      await route.abort();
    }
  });
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#send-error', { hasText: UNKNOWN }).waitFor();
  assert.equal(await page.getByText('Nothing was sent').count(), 0);
  return ids;
}

test('a message without an answer is sent again with its id, and comes once', async () => {
  const page = await open();
  await connect(page, fresh('again'));
  const ids = await sendUnanswered(page, 'only once', { stored: true });
  await page.screenshot({ path: `${shots}page-unknown.png` });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#sent .chip[data-state=acknowledged]').waitFor();
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.equal(await page.locator('#send-error').textContent(), '');
  await page.getByLabel('Message', { exact: true }).fill('only once');
  await page.getByRole('button', { name: 'Send' }).click();
  await shows(page, ['only once', 'only once']);
  assert.notEqual(ids[2], ids[0], 'the same text after a receipt is another message');
});

for (const stored of [true, false]) {
  test(`when the connection is back, a message ${stored ? 'that is stored is listed' : 'that is not stored stays in its field'}`, async () => {
    const page = await open();
    await connect(page, fresh('back'));
    await sendUnanswered(page, 'in between', { stored });
    await page.getByRole('button', { name: 'Go offline' }).click();
    await page.getByRole('button', { name: 'Go online' }).click();
    await page.locator('#send-error:empty').waitFor({ state: 'attached' });
    if (stored) {
      await page.locator('#sent .chip[data-state=acknowledged]').waitFor();
    }
    assert.equal(await page.locator('#sent li').count(), stored ? 1 : 0);
    assert.equal(await page.getByLabel('Message', { exact: true }).inputValue(), stored ? '' : 'in between');
  });
}

test('another client is another recipient, unless somebody else is', async () => {
  const page = await open();
  const [first, second, third] = ['first', 'second', 'third'].map(fresh);
  await connect(page, first);
  await page.getByRole('button', { name: 'Change client' }).click();
  await connect(page, second);
  assert.equal(await page.getByLabel('To client').inputValue(), second);
  assert.match(await page.locator('#curl').textContent(), new RegExp(second));
  await page.getByLabel('To client').fill(first);
  await page.getByRole('button', { name: 'Change client' }).click();
  await connect(page, third);
  assert.equal(await page.getByLabel('To client').inputValue(), first);
});

test('a name that is not one is told at its field', async () => {
  const page = await open();
  await page.getByLabel('Client id').fill('u\u200b1');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#client-error', { hasText: 'client must have 1 to 200 bytes' }).waitFor();
  assert.equal(await page.locator('#client[aria-invalid=true]:focus').count(), 1);
  await page.getByLabel('To client').fill('u\u200b2');
  await page.getByLabel('Message', { exact: true }).fill('x');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#to-error', { hasText: 'client must not contain invisible characters' }).waitFor();
  assert.equal(await page.locator('#to[aria-invalid=true]:focus').count(), 1);
  await page.screenshot({ path: `${shots}page-fields.png` });
  await page.reload();
  assert.equal(await page.locator('#state').getAttribute('data-state'), 'idle', 'the wrong name is not tried again');
  const client = fresh('right');
  await page.getByLabel('Client id').fill('u\u200b1');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#client-error:not(:empty)').waitFor();
  await connect(page, client);
  assert.equal(await page.locator('[aria-invalid]').count(), 0);
  assert.equal(await page.getByLabel('To client').inputValue(), client);
});

test('a recipient that has never connected is said to be unknown until it comes', async () => {
  const page = await open();
  const client = fresh('unknown');
  await page.getByLabel('To client').fill(client);
  await page.getByLabel('Message', { exact: true }).fill('Who are you?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#sent li', { hasText: 'never seen here' }).waitFor();
  await page.screenshot({ path: `${shots}page-never-seen.png` });
  const other = await open();
  await connect(other, client);
  await shows(other, ['Who are you?']);
  await page.locator('#sent .chip[data-state=acknowledged]').waitFor();
  assert.equal(await page.getByText('never seen here').count(), 0);
  await page.getByLabel('Message', { exact: true }).fill('Ah, you.');
  await page.getByRole('button', { name: 'Send' }).click();
  await shows(other, ['Who are you?', 'Ah, you.']);
  assert.equal(await page.getByText('never seen here').count(), 0);
});

test('says what a reload means, and waits for a server that does not answer', async () => {
  const page = await open();
  await connect(page, fresh('reload'));
  await page.getByText('messages that were shown here do not come again. This tab stays the same client.').waitFor();
  let refused = 0;
  await page.route('**/mode', (route) => (refused++ < 1 ? route.abort() : route.continue()));
  await page.reload();
  await page.getByText('The server does not answer. Trying again').waitFor();
  await page.locator('#state[data-state=connected]').waitFor();
  assert.equal(await page.locator('#notice').isHidden(), true);
});
