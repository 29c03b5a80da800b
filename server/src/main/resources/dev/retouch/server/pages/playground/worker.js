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

async function send({id, path, key, fields}) {
  const abort = new AbortController();
  running.set(id, abort);
  const body = new FormData();
  for (const {name, value, file} of fields) {
    if (file) body.append(name, value, file);
    else body.append(name, value);
  }
  const started = performance.now();
  const response = await fetch(path, {method: 'POST', headers: {authorization: `Bearer ${key}`}, body, signal: abort.signal});
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
