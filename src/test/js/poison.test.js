/** A message that its client does not survive ends in the dead-letter list, and the others arrive. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fresh, get, sendNumbers, state, until, url } from './gateway.js';

test('the stock SDK whose handler throws on one message', async () => {
  const client = fresh('poisoned');
  await sendNumbers(client, 1, 5);
  const program = fileURLToPath(new URL('poisoned-client.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, `${url.replace('http', 'ws')}/connection/websocket`, client], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const seen = () => output.trim().split('\n').map(Number);
  try {
    await until(() => `all others, not ${seen()}`, () => seen().includes(5), 40_000);
    const count = (n) => seen().filter((each) => each === n).length;
    assert.deepEqual([1, 2, 4, 5].map(count), [1, 1, 1, 1], `each once: ${seen()}`);
    assert.ok(count(3) >= 5 && count(3) <= 7, `not for ever: ${seen()}`);
    await until('the others are acknowledged', async () => (await state(client, `${client}-5`)) === 'acknowledged');
    assert.equal(await state(client, `${client}-3`), 'dead');
    const { dead_letters: letters } = await get(`dead-letters?client=${client}`);
    assert.deepEqual(letters.map(({ id, attempts, data }) => ({ id, attempts, data })), [
      { id: `${client}-3`, attempts: 5, data: { n: 3 } },
    ]);
  } finally {
    child.kill();
  }
});
