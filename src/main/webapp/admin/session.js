/** Who is logged in: by an API key that this tab keeps, or by the container. And the calls of the server, in that name. */

const STORED = 'holdfast-dashboard-key';
const TIMEOUT_MILLIS = 30_000;

/** The key is in no address and in no element; null where the container has logged in. */
let key = null;

/** The answer of GET /api/self; null before the login. */
export let self = null;

let onLost = () => {};

/** A call that was refused or has no answer. */
export class CallError extends Error {
  /** @param {string} message a sentence for people. @param {number} status 0 without an answer */
  constructor(message, status, code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param {(why: string) => void} lost called when the server does not accept the login any more */
export function whenLost(lost) {
  onLost = lost;
}

/** Uses the key that this tab keeps, or the login of the container. @returns {Promise<boolean>} whether one was accepted */
export async function resume() {
  key = storage()?.getItem(STORED) ?? null;
  try {
    self = await asked();
    return true;
  } catch (error) {
    if (error.status !== 401) {
      throw error;
    }
    if (key === null) {
      return false;
    }
    forget();
    return resume(); // the container may have logged in
  }
}

export async function login(wanted) {
  key = wanted;
  try {
    self = await asked();
    storage()?.setItem(STORED, wanted);
  } catch (error) {
    key = null;
    throw error;
  }
}

async function asked() {
  const answer = await call('GET', 'self');
  if (!answer.roles.some((role) => role === 'reader' || role === 'admin')) {
    throw new CallError('This login has only the role publisher. The dashboard needs reader or admin.', 403);
  }
  return answer;
}

export function logout() {
  forget();
  self = null;
}

function forget() {
  key = null;
  storage()?.removeItem(STORED);
}

/** Whether there is a key to forget: a login of the container ends elsewhere. */
export function hasKey() {
  return key !== null;
}

export function isAdmin() {
  return self?.roles.includes('admin') ?? false;
}

/** Whether the caller may publish: administrators always may. */
export function mayPublish() {
  return isAdmin() || (self?.roles.includes('publisher') ?? false);
}

/** The storage of this tab; undefined if the browser forbids it. */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** @param {string} path below /api. @param {object} [parameters] null and undefined are left out */
export function get(path, parameters) {
  return call('GET', `${path}${query(parameters)}`);
}

/** A call without a body that changes something. @param {number} [timeout] in milliseconds */
export function command(path, parameters, timeout) {
  return call('POST', `${path}${query(parameters)}`, undefined, timeout);
}

/** A call with a body. */
export function post(path, body) {
  return call('POST', path, JSON.stringify(body));
}

/** A call of the compatible shape, which answers errors with status 200. @returns {Promise<any>} its result */
export async function compatible(path, body) {
  const { error, result } = await post(path, body);
  if (error) {
    throw new CallError(`${error.message} (${error.code})`, 200, error.code);
  }
  return result;
}

function query(parameters) {
  const given = Object.entries(parameters ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function call(method, path, body, timeout = TIMEOUT_MILLIS) {
  let response;
  try {
    response = await fetch(`../api/${path}`, {
      method,
      headers: key === null ? {} : { 'X-API-Key': key },
      body,
      cache: 'no-store',
      signal: AbortSignal.timeout(timeout),
    });
  } catch {
    throw new CallError('The server does not answer.', 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) {
    return answer;
  }
  const message = answer.error?.message ?? `The server answered ${response.status}.`;
  if (response.status === 401 && self) {
    logout();
    onLost('The server does not accept the login any more.');
  }
  throw new CallError(message, response.status, answer.error?.code);
}
