/** A server that is told to end tells its clients first. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { canStop, fresh, start, stop, until, url } from './gateway.js';

const CLIENTS = 200;

test('at SIGTERM two hundred stock clients are closed with 3001', { skip: !canStop, timeout: 120_000 }, async () => {
  const closes = [];
  const reasons = [];
  let connected = 0;
  class Noting extends WebSocket {
    constructor(...parameters) {
      super(...parameters);
      this.on('open', () => this.on('close', (code) => closes.push(code)));
    }
  }
  const clients = Array.from({ length: CLIENTS }, () => {
    const sdk = new Centrifuge(`${url.replace(/^http/, 'ws')}/connection/websocket`, {
      websocket: Noting,
      data: { client: fresh('stop') },
      minReconnectDelay: 60_000,
      maxReconnectDelay: 60_000,
    });
    sdk.on('connected', () => connected++);
    sdk.on('connecting', ({ code, reason }) => code !== 0 && reasons.push(`${code} ${reason}`));
    sdk.connect();
    return sdk;
  });
  try {
    await until('all are connected', () => connected === CLIENTS);
    await stop();
    await until(() => `${closes.length} were closed`, () => closes.length === CLIENTS && reasons.length === CLIENTS);
    assert.deepEqual([...new Set(closes)], [3001]);
    assert.deepEqual([...new Set(reasons)], ['3001 shutdown']);
  } finally {
    clients.forEach((sdk) => sdk.disconnect());
    await start();
  }
});
