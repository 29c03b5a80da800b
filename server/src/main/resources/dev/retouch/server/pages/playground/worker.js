// Runs requests, decodes images and compares pixels outside the main thread, so that megabytes never stop the page.
import {readAnswer} from './worker/answer.js';
import {compare} from './worker/compare.js';

const running = new Map();

onmessage = async ({data}) => {
  const {id, work} = data;
  if (work === 'abort') {
    running.get(id)?.abort();
    return;
  }
  try {
    postMessage({id, result: work === 'compare' ? await compare(data) : await send(data)});
  } catch (failure) {
    postMessage({id, failure: {name: failure.name, message: failure.message}});
  } finally {
    running.delete(id);
  }
};

function form(fields) {
  const body = new FormData();
  for (const {name, value, file} of fields) {
    if (file) body.append(name, value, file);
    else body.append(name, value);
  }
  return body;
}

/** The document with data URLs in place of blobs. */
async function withDataUrls(document) {
  const reference = async ({image_url: image}) => ({image_url: image instanceof Blob ? await dataUrl(image) : image});
  const guides = await Promise.all(['mask', 'markup'].filter(name => document[name]).map(async name => [name, await reference(document[name])]));
  return {...document, images: await Promise.all(document.images.map(reference)), ...Object.fromEntries(guides)};
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function send({id, path, key, body: {fields, document}}) {
  const abort = new AbortController();
  running.set(id, abort);
  const body = document ? JSON.stringify(await withDataUrls(document)) : form(fields);
  const started = performance.now();
  const headers = {authorization: `Bearer ${key}`, ...(document ? {'content-type': 'application/json'} : {})};
  const response = await fetch(path, {method: 'POST', headers, body, signal: abort.signal});
  const answer = await readAnswer(response, partial => postMessage({id, partial}), abort.signal);
  return {
    ...answer,
    status: response.status,
    milliseconds: Math.round(performance.now() - started),
    requestId: response.headers.get('x-request-id'),
    cost: response.headers.get('x-retouch-cost'),
    warning: response.headers.get('x-retouch-warning'),
    dropped: response.headers.get('x-retouch-dropped-parameters')
  };
}
