// Operations on money: each is booked once, however often it is sent.
import {admin} from './admin.js';

/** Operations that may or may not have been booked, with the idempotency key that they were sent with. */
const unfinished = new Map();

/**
 * Sends an operation. If its outcome is unknown and the same operation is sent again, it has the same idempotency key.
 *
 * @param path below /admin/v1
 * @param body amount and note
 */
export async function book(path, body) {
  const operation = `${path} ${JSON.stringify(body)}`;
  const key = unfinished.get(operation) ?? randomKey();
  unfinished.set(operation, key);
  try {
    const document = await admin('POST', path, body, {idempotencyKey: key});
    unfinished.delete(operation);
    return document;
  } catch (failure) {
    if (failure.status < 500) unfinished.delete(operation);
    throw failure;
  }
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
