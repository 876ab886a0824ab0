/** Chromium, and pages in it that note what goes wrong in them. Screenshots go to target/. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const executablePath = process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium';

export const shots = fileURLToPath(new URL('../../../target/', import.meta.url));

export async function launch() {
  assert.ok(existsSync(executablePath), `${executablePath} is missing: install chromium, or set HOLDFAST_CHROMIUM`);
  mkdirSync(shots, { recursive: true });
  return chromium.launch({
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
}

/** A page of its own, with all errors in it, blocked by the content security policy included. */
export async function openPage(browser, address, options) {
  const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, ...options });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  await page.goto(address);
  return page;
}

/** By how many pixels the page is wider than the window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
