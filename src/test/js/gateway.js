/** The gateway under test, as its publishers see it. */

import { exec, execSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export const url = (process.env.HOLDFAST_URL ?? 'http://localhost:9080').replace(/\/$/, '');
const key = process.env.HOLDFAST_API_KEY ?? 'dev';

/** Shell commands that end the gateway with SIGKILL or SIGTERM, and start it again on the same data. */
const { HOLDFAST_KILL_CMD: killCommand, HOLDFAST_STOP_CMD: stopCommand, HOLDFAST_START_CMD: startCommand } = process.env;
export const canKill = Boolean(killCommand && startCommand);
export const canStop = Boolean(stopCommand && startCommand);

let names = 0;

/** A client or channel that nobody else uses. */
export function fresh(name) {
  return `${name}-${process.pid}-${Date.now().toString(36)}-${names++}`;
}

export async function post(path, body) {
  const answer = await fetch(`${url}/api/${path}`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

/** Asks with the key; fails where the answer is no success. */
export async function get(path) {
  const answer = await fetch(`${url}/api/${path}`, { headers: { 'X-API-Key': key } });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

export const send = (client, data, options = {}) => post('send', { client, data, ...options });

/** Sends {n: from} to {n: to} in order, and returns when all are stored. */
export async function sendNumbers(client, from, to, padding = '') {
  const commands = [];
  for (let n = from; n <= to; n++) {
    commands.push({ send: { client, id: `${client}-${n}`, data: padding ? { n, padding } : { n }, ttl: 600 } });
  }
  const { replies } = await post('batch', { commands });
  const failed = replies.find((reply) => !reply.send?.stored);
  if (failed) {
    throw new Error(`not stored: ${JSON.stringify(failed)}`);
  }
}

export async function state(client, id) {
  const answer = await fetch(`${url}/api/message?${new URLSearchParams({ client, id })}`, { headers: { 'X-API-Key': key } });
  return answer.ok ? (await answer.json()).state : answer.status;
}

/** Waits until it holds, and fails with the words if that takes too long. */
export async function until(words, holds, millis = 20_000) {
  const end = Date.now() + millis;
  while (!(await holds())) {
    if (Date.now() > end) {
      throw new Error(`not in time: ${typeof words === 'function' ? words() : words}`);
    }
    await sleep(20);
  }
}

/** SIGKILL, and up again. */
export async function killAndStart() {
  execSync(killCommand, { stdio: 'ignore' });
  await start();
}

/** SIGTERM. Connections live on while this waits for the end. */
export const stop = () => promisify(exec)(stopCommand);

export async function start() {
  execSync(startCommand, { stdio: 'ignore' });
  await until('the gateway is ready again', ready, 120_000);
}

async function ready() {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
