/** The calls of the server's HTTP API that the page uses. */

const TIMEOUT_MILLIS = 60_000;

/** A message that was not accepted. */
export class SendError extends Error {
  /**
   * @param {string} message a sentence for the user
   * @param {object} details
   * @param {boolean} [details.unknown] the message may be stored or not
   * @param {string} [details.field] the field that is wrong
   */
  constructor(message, { unknown = false, field } = {}) {
    super(message);
    this.unknown = unknown;
    this.field = field;
  }
}

/** A message id that nobody else has. randomUUID is missing on pages that come over plain HTTP. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sends to a client; returns the receipt, or throws a SendError. The same message with the same id is stored once. */
export async function send(key, message) {
  let answer;
  let body;
  try {
    answer = await fetch('api/send', {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    body = await answer.json();
  } catch {
    // No answer, or one that is not the server's: of a proxy, or cut off.
    throw unknown(answer ? `The answer (${answer.status}) is not the server's.` : 'The server does not answer.');
  }
  if (answer.ok) {
    return body;
  }
  const { code, message: reason, field } = body.error ?? {};
  if (!reason) {
    throw unknown(`The answer (${answer.status}) is not the server's.`);
  }
  if (code === 'outcome_unknown') {
    throw unknown('The server itself cannot say.');
  }
  throw new SendError(`${reason.replace(/\.$/, '')}. Nothing was sent.`, { field });
}

function unknown(reason) {
  return new SendError(`${reason} It is not known whether the message is stored. Send it again: it is stored only once.`, {
    unknown: true,
  });
}

/** The server's record of a message to a client; null if there is none, or if the server does not tell. */
export async function askState(key, client, id) {
  const { status, body } = await ask(key, 'message', { client, id });
  return status === 200 ? body : null;
}

/** Whether a device of this client is known to the server; null if the server does not tell. */
export async function askSeen(key, client) {
  const { status, body } = await ask(key, 'client', { client });
  return status === 200 ? body.devices.length > 0 || body.connections > 0 : status === 404 ? false : null;
}

async function ask(key, call, parameters) {
  if (!key) {
    return {};
  }
  try {
    const answer = await fetch(`api/${call}?${new URLSearchParams(parameters)}`, { headers: { 'X-API-Key': key } });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return {};
  }
}
