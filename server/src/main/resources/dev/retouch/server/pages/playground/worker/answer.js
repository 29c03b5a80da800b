// Reads a response of the gateway: JSON or events, images as base64 or as signed URLs.
import {events} from '../../shared/events.js';

/**
 * Returns `{images, usage, body}` or `{error}`.
 *
 * @param partial called with each partial image
 */
export async function readAnswer(response, partial, signal) {
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    return readEvents(response, partial, signal);
  }
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return {error: {message: `HTTP ${response.status}`}};
  }
  // a response that began with white space has status 200 and may still hold an error
  if (body.error) return {error: body.error};
  const images = [];
  for (const image of body.data ?? []) images.push(await imageOf(image, body.output_format, signal));
  return {images, usage: body.usage ?? null, body: body.data ? null : body};
}

async function readEvents(response, partial, signal) {
  const images = [];
  let usage = null;
  for await (const event of events(response.body)) {
    if (event.error) return {error: event.error, images};
    const image = await imageOf(event, event.output_format, signal);
    if (event.type?.endsWith('partial_image')) {
      partial({index: event.partial_image_index, blob: image});
    } else {
      images.push(image);
      usage = event.usage ?? usage;
    }
  }
  if (images.length === 0) return {error: {message: 'The stream ended without an image.'}};
  return {images, usage};
}

async function imageOf(image, format, signal) {
  if (image.b64_json) {
    const bytes = decoded(image.b64_json);
    return new Blob([bytes], {type: typeOf(bytes, format)});
  }
  // signed URLs may name the public address of the gateway; the page's own address serves them too
  const address = new URL(image.url, location.href);
  const path = address.pathname.slice(Math.max(0, address.pathname.indexOf('/files/')));
  const response = await fetch(path + address.search, {signal});
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${path}`);
  return response.blob();
}

function decoded(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function typeOf(bytes, format) {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes[0] === 0x89) return 'image/png';
  if (bytes[0] === 0x47) return 'image/gif';
  if (bytes[0] === 0x52 && bytes[8] === 0x57) return 'image/webp';
  return format === 'svg' || bytes[0] === 0x3c ? 'image/svg+xml' : 'application/octet-stream';
}
