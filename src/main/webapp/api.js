/** The calls of the server's HTTP API that the page uses. */

/** Sends to a client; returns the receipt, or throws an Error with a sentence for the user. */
export async function send(key, message) {
  const answer = await fetch('api/send', {
    method: 'POST',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify(message),
  }).catch(() => null);
  if (!answer) {
    throw new Error('The server does not answer. It is not known whether the message was sent.');
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(body.error?.message ?? `The server refused the message (${answer.status}).`);
  }
  return body;
}

/** The server's record of a message to a client; null if there is none, or if the server does not tell. */
export async function askState(key, client, id) {
  if (!key) {
    return null;
  }
  try {
    const answer = await fetch(`api/message?${new URLSearchParams({ client, id })}`, { headers: { 'X-API-Key': key } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
