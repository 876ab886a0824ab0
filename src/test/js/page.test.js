/** The page in a browser: the README's demo. Screenshots go to target/. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { fresh, send, url } from './gateway.js';

const executablePath = process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium';
const shots = fileURLToPath(new URL('../../../target/', import.meta.url));

let browser;

before(async () => {
  assert.ok(existsSync(executablePath), `${executablePath} is missing: install chromium, or set HOLDFAST_CHROMIUM`);
  mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});

after(() => browser?.close());

/** A page that fails the test on any error in it, blocked by the content security policy included. */
async function open(options) {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, ...options });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  await page.goto(url);
  return page;
}

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
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
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
  await page.getByText('A valid API key is required').waitFor();
});
