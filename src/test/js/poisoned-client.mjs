/** A program over the stock SDK whose handler throws on n = 3, and which connects again each time: prints what it gets. */

import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';

const [url, client] = process.argv.slice(2);
process.on('unhandledRejection', () => {}); // what such a program's runtime would only log
const sdk = new Centrifuge(url, { websocket: WebSocket, data: { client } });
sdk.on('publication', ({ data }) => {
  console.log(data.n);
  if (data.n === 3) {
    throw new Error('the handler does not survive this one');
  }
});
sdk.on('disconnected', () => setTimeout(() => sdk.connect(), 100));
sdk.connect();
