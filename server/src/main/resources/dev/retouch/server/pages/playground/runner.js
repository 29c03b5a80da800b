// Gives work to the worker, and returns its results as promises.

const worker = new Worker(new URL('worker.js', import.meta.url), {type: 'module'});
const waiting = new Map();
let last = 0;

worker.onmessage = ({data: {id, result, failure, partial}}) => {
  const call = waiting.get(id);
  if (partial) {
    call?.partial(partial);
    return;
  }
  waiting.delete(id);
  if (failure) call?.reject(Object.assign(new Error(failure.message), {name: failure.name}));
  else call?.resolve(result);
};

/**
 * Starts work and returns its promise with a method `abort`.
 *
 * @param partial called with each partial image
 */
function start(work, data, partial = () => {}) {
  const id = ++last;
  const promise = new Promise((resolve, reject) => waiting.set(id, {resolve, reject, partial}));
  worker.postMessage({id, work, ...data});
  return Object.assign(promise, {abort: () => worker.postMessage({id, work: 'abort'})});
}

export const edit = (key, body, partial) => start('send', {path: '/v1/images/edits', key, body}, partial);
export const quote = (key, body) => start('send', {path: '/v1/images/edits/quote', key, body});
export const compare = (before, after, mask) => start('compare', {before, after, mask});
