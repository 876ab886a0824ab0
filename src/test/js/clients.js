/** The two SDKs with one face: what the scenarios need of them. */

import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { Holdfast } from '../../main/webapp/holdfast.js';

/** The npm package, unmodified. */
export class Stock {
  static title = 'the stock SDK';
  received = [];

  constructor(websocketUrl, client, device) {
    this.sdk = new Centrifuge(websocketUrl, {
      websocket: WebSocket,
      data: { client, device },
      minReconnectDelay: 50,
      maxReconnectDelay: 500,
    });
    this.sdk.on('publication', ({ data, offset }) => this.received.push({ n: data.n, offset }));
    this.sdk.connect();
  }

  get connected() {
    return this.sdk.state === 'connected';
  }

  async close() {
    this.sdk.disconnect();
  }
}

/** Ours, as the gateway serves it. */
export class Ours {
  static title = 'holdfast.js';
  received = [];

  constructor(websocketUrl, client, device) {
    this.sdk = new Holdfast({
      url: websocketUrl,
      client,
      device,
      WebSocket,
      minDelayMillis: 50,
      maxDelayMillis: 500,
    });
    this.sdk.on('message', async ({ data, offset }) => {
      this.received.push({ n: data.n, offset });
    });
    this.sdk.connect();
  }

  get connected() {
    return this.sdk.state === 'connected';
  }

  close() {
    return this.sdk.close();
  }
}
