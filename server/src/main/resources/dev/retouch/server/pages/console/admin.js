// Requests to /admin/v1 with the session of the console. The browser keeps the session in a cookie that scripts cannot read; the header
// is what a page of another origin cannot send.
import {GatewayError} from '../shared/gateway.js';

const SESSION = '/console/session';
let signedOut = () => {};

/** Calls a function if the gateway ends the session. */
export function onSignedOut(listener) {
  signedOut = listener;
}

async function session(method, body) {
  const response = await fetch(SESSION, {method, headers: {'x-retouch-console': 'user'}, body});
  return response.ok;
}

export const signedIn = () => session('GET');
export const signIn = token => session('POST', token);
export const signOut = () => session('DELETE');

/**
 * Sends a request, and returns the JSON of the response.
 *
 * @param polled whether the page sends it without the user; such a request does not extend the session
 * @param idempotencyKey of an operation on money
 */
export async function admin(method, path, body, {polled = false, idempotencyKey} = {}) {
  const response = await fetch(`/admin/v1/${path}`, {
    method,
    headers: {'x-retouch-console': polled ? 'page' : 'user', ...(body ? {'content-type': 'application/json'} : {}),
      ...(idempotencyKey ? {'idempotency-key': idempotencyKey} : {})},
    body: body && JSON.stringify(body)
  });
  const document = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.status === 401) signedOut();
  if (!response.ok) throw new GatewayError(response.status, document, response.headers.get('x-request-id'));
  return document;
}

export const get = (path, polled) => admin('GET', path, null, {polled});

/** Returns the bytes at an absolute path of the administration API. */
export async function blob(path, polled) {
  const response = await fetch(path, {headers: {'x-retouch-console': polled ? 'page' : 'user'}});
  if (response.status === 401) signedOut();
  if (!response.ok) throw new GatewayError(response.status, await response.json().catch(() => null), response.headers.get('x-request-id'));
  return response.blob();
}

/** Opens a stream of events, and returns its response. It does not extend the session. */
export async function openStream(path, signal) {
  const response = await fetch(`/admin/v1/${path}`, {headers: {'x-retouch-console': 'page', accept: 'text/event-stream'}, signal});
  if (response.status === 401) signedOut();
  if (!response.ok) throw new GatewayError(response.status, await response.json().catch(() => null), response.headers.get('x-request-id'));
  return response;
}
