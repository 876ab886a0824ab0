/** Where holdfast.js runs: in Node, and in Chromium as the gateway serves it. Each opens tabs that an agent acts in. */

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { Holdfast } from '../../main/webapp/holdfast.js';
import { createAgent } from './agent.js';

/** Of the sessionStorage what the module uses. */
class Memory {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, value);
  }
}

export class Node {
  title = 'Node';

  async start() {}

  async stop() {}

  /** @param fetchToken gets a fresh token, for a channel if one is named */
  async open(network, { storage, ...options }, fetchToken) {
    globalThis.fetchToken = fetchToken;
    const all = { ...options, url: network.websocketUrl, WebSocket, storage: storage && new Memory() };
    let agent = createAgent(Holdfast, all);
    return {
      call: async (method, ...args) => agent[method](...args),
      reload: async () => {
        agent.offline();
        agent = createAgent(Holdfast, all);
      },
      close: () => agent.close(),
    };
  }
}

export class Chromium {
  title = 'Chromium';

  async start() {
    const executablePath = process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium';
    if (!existsSync(executablePath)) {
      throw new Error(`${executablePath} is missing: install chromium, or set HOLDFAST_CHROMIUM`);
    }
    this.browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'] });
  }

  async stop() {
    await this.browser.close();
  }

  /** The page is the network's, and so is the endpoint that the module finds by itself. */
  async open(network, options, fetchToken) {
    const page = await this.browser.newPage();
    await page.exposeFunction('fetchToken', fetchToken);
    await page.goto(`${network.url}/`);
    // Expressions of the test's own: the page's content security policy forbids eval and inline scripts, and stays on.
    const storage = options.storage ? 'sessionStorage' : 'undefined';
    const begin = () =>
      page.evaluate(
        `import('./holdfast.js').then(({ Holdfast }) => {
          window.agent = (${createAgent})(Holdfast, { ...${JSON.stringify(options)}, storage: ${storage} });
        })`,
      );
    await begin();
    return {
      call: (method, ...args) => page.evaluate(([name, all]) => window.agent[name](...all), [method, args]),
      reload: async () => {
        await page.reload();
        await begin();
      },
      close: () => page.close(),
    };
  }
}
