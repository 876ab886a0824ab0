/** The two SDKs with one face: what the scenarios need of them. */

import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
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

/** The npm package over transports of its own choice, the first that works. */
class Fallback {
  received = [];
  /** The transports that failed, in order. */
  failed = [];

  constructor(websocketUrl, client, device, transports, options = {}) {
    const http = websocketUrl.replace(/^ws/, 'http').replace('/connection/websocket', '');
    this.sdk = new Centrifuge(
      transports.map((transport) => ({
        transport,
        endpoint: transport === 'websocket' ? websocketUrl : `${http}/connection/${transport}`,
      })),
      {
        websocket: WebSocket,
        eventsource: EventSource,
        emulationEndpoint: `${http}/emulation`,
        data: { client, device },
        minReconnectDelay: 50,
        maxReconnectDelay: 500,
        ...options,
      },
    );
    this.sdk.on('publication', ({ data, offset }) => this.received.push({ n: data.n, offset }));
    this.sdk.on('error', ({ type, transport }) => type === 'transport' && this.failed.push(transport));
    this.sdk.on('connected', ({ transport }) => {
      this.transport = transport;
    });
    this.sdk.connect();
  }

  get connected() {
    return this.sdk.state === 'connected';
  }

  async close() {
    this.sdk.disconnect();
  }
}

export class HttpStream extends Fallback {
  static title = 'the stock SDK over http_stream';

  constructor(websocketUrl, client, device) {
    super(websocketUrl, client, device, ['http_stream']);
  }
}

export class ServerSentEvents extends Fallback {
  static title = 'the stock SDK over sse';

  constructor(websocketUrl, client, device) {
    super(websocketUrl, client, device, ['sse']);
  }
}

/** Tries WebSocket first, then http_stream. */
export class WebSocketOrStream extends Fallback {
  constructor(websocketUrl, client, options) {
    super(websocketUrl, client, undefined, ['websocket', 'http_stream'], options);
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
