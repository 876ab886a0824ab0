/** What of the server API only shows on the wire: headers, methods, bodies that come slowly or not as announced. */

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { fresh, url } from './gateway.js';

const target = new URL(url);
const port = Number(target.port) || 80;
const KEY = { 'X-API-Key': 'dev' };

const get = async (path, headers = KEY) => {
  // Not fetch: that would put a malformed query right.
  const answer = await new Promise((resolve, reject) => {
    http.get({ hostname: target.hostname, port, path, headers }, resolve).on('error', reject);
  });
  let body = '';
  for await (const chunk of answer) {
    body += chunk;
  }
  return { status: answer.statusCode, body };
};

const post = (path, body, headers = KEY) => fetch(`${url}/api/${path}`, { method: 'POST', headers, body });

/** A POST whose head is sent and whose body is up to the test. */
async function begin(path, length) {
  const socket = net.connect(port, target.hostname);
  await new Promise((resolve) => {
    socket.once('connect', resolve);
  });
  socket.write(`POST /api/${path} HTTP/1.1\r\nHost: ${target.host}\r\nX-API-Key: dev\r\n${length}\r\n\r\n`);
  return socket;
}

async function statusLine(socket) {
  const [data] = await new Promise((resolve, reject) => {
    socket.once('data', (...all) => resolve(all));
    socket.once('error', reject);
  });
  return String(data).split('\r\n')[0];
}

test('a query that is not well formed is 400 and no stack trace', async () => {
  for (const query of ['client=%zz&id=a', 'client=%&id=%ff', '%', 'client=a&id=%e0%80']) {
    const { status, body } = await get(`/api/message?${query}`);
    assert.ok(status === 400 || status === 404, `${query}: ${status}`);
    assert.ok(!body.includes('Exception') && JSON.parse(body).error, body);
  }
});

test('the key may come as Authorization: apikey', async () => {
  const body = JSON.stringify({ channel: fresh('key'), data: 1 });
  assert.ok((await (await post('publish', body, { Authorization: 'apikey dev' })).json()).result.offset);
  assert.equal((await post('publish', body, { Authorization: 'apikey no' })).status, 401);
  assert.equal((await post('publish', body, { Authorization: 'Bearer dev' })).status, 401);
});

test('the mode is told without a key', async () => {
  assert.equal(JSON.parse((await get('/mode', {})).body).insecure, true);
});

test('a body that comes byte by byte is read, and hundreds that do not come hold nobody up', async () => {
  const stuck = await Promise.all(Array.from({ length: 200 }, () => begin('send', 'Content-Length: 1000')));
  const body = JSON.stringify({ client: fresh('slow'), data: 'ä' });
  const slow = await begin('send', `Content-Length: ${Buffer.byteLength(body)}`);
  slow.setNoDelay(true);
  for (const byte of Buffer.from(body)) {
    slow.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  assert.equal(await statusLine(slow), 'HTTP/1.1 200 OK');
  const start = Date.now();
  assert.equal((await post('send', body)).status, 200);
  assert.ok(Date.now() - start < 3000);
  stuck.forEach((socket) => socket.destroy());
  slow.destroy();
});

test('a body above the limit is refused, announced or not', async () => {
  const announced = await begin('send', 'Content-Length: 99999999');
  assert.match(await statusLine(announced), / 413 /);
  const chunked = await begin('send', 'Transfer-Encoding: chunked');
  chunked.on('error', () => {});
  const answer = statusLine(chunked);
  for (let i = 0; i < 6; i++) {
    chunked.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`);
  }
  assert.match(await answer, / 413 /);
  announced.destroy();
  chunked.destroy();
});

test('a batch of ten thousand is answered in its order', async () => {
  const channel = fresh('batch');
  const commands = Array.from({ length: 10_000 }, (_, n) => ({ publish: { channel, data: n } }));
  const { replies } = await (await post('batch', JSON.stringify({ commands }))).json();
  assert.deepEqual(replies.map(({ publish }) => publish?.offset), commands.map((_, i) => i + 1));
});
