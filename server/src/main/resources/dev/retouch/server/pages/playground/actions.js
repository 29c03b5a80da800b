// What the buttons do: quote, edit, download.
import {getJson} from '../shared/gateway.js';
import {text} from '../shared/language.js';
import {activeLayer, chosenModel, markupBlob, maskBlob, parameters, requestBody} from './request.js';
import * as runner from './runner.js';
import {addResult, changed, session} from './session.js';

const QUOTE_AFTER = 350;

/** Sets the key, and loads the models that it may use. A key that is refused leaves the key before it. */
export async function useKey(key, sandbox) {
  const before = {key: session.key, sandbox: session.sandbox};
  Object.assign(session, {key, sandbox, keyRefused: null, quote: null});
  try {
    const list = await getJson('/v1/models', key);
    session.models = list.data.filter(model => model.capabilities);
    if (!session.models.some(model => model.id === session.model)) {
      session.model = (session.models.find(model => model.id === 'gpt-image-2') ?? session.models[0])?.id ?? '';
    }
  } catch (failure) {
    Object.assign(session, {...before, keyRefused: failure.message});
  }
  changed();
}

let quoting = null;
let timer = 0;
let quoted = '';

/** Requests the price if something that it depends on has changed. */
export function quoteSoon() {
  const now = JSON.stringify([session.key, session.pictures.map(picture => picture.id), activeLayer(), session[activeLayer()].coverage, session.prompt,
    session.model, session.values]);
  if (now === quoted) return;
  quoted = now;
  clearTimeout(timer);
  quoting?.abort();
  if (!session.key || session.pictures.length === 0 || session.prompt.trim() === '') {
    session.quote = null;
    session.errors = {};
    changed();
    return;
  }
  timer = setTimeout(requestQuote, QUOTE_AFTER);
}

async function requestQuote() {
  const call = quoting = runner.quote(session.key, await requestBody());
  try {
    const {body, error} = await call;
    if (call !== quoting) return;
    session.quote = error ? null : body;
    session.errors = error ? {[placeOf(error.param)]: error.message} : {};
  } catch (failure) {
    if (failure.name === 'AbortError' || call !== quoting) return;
    session.quote = null;
    session.errors = {'': failure.message};
  }
  changed();
}

/** Runs the edit; its images become results. */
export async function runEdit() {
  if (session.run) return;
  session.errors = {};
  if (!session.prompt.trim()) session.errors.prompt = text('prompt.missing');
  if (session.pictures.length === 0) session.errors.image = text('pictures.missing');
  if (Object.keys(session.errors).length > 0) return changed();
  session.run = {call: null, started: performance.now(), partial: null};
  changed();
  const body = await requestBody();
  const made = {
    before: session.pictures[0].blob ?? null, mask: await maskBlob(), markup: Boolean(await markupBlob()),
    inputs: session.pictures.map(picture => picture.name), addresses: session.pictures.map(picture => picture.address ?? null),
    model: chosenModel().id, prompt: session.prompt, values: parameters()
  };
  const call = runner.edit(session.key, body, partial => showPartial(partial.blob));
  session.run.call = call;
  changed();
  try {
    const answer = await call;
    if (answer.error) session.errors = {[placeOf(answer.error.param)]: withRequestId(answer.error.message, answer.requestId)};
    const cost = answer.cost ?? await costOf(answer.requestId);
    const fresh = (answer.images ?? []).map((blob, index) => ({
      ...made, blob, cost, id: `${answer.requestId}-${index}`, requestId: answer.requestId, milliseconds: answer.milliseconds,
      usage: answer.usage, warning: answer.warning, dropped: answer.dropped, name: nameOf(made.inputs[0], blob.type)
    }));
    fresh.toReversed().forEach(addResult);
    requestAnimationFrame(showResults);
    fresh.forEach(findChanges);
  } catch (failure) {
    session.errors = {'': failure.name === 'AbortError' ? text('run.canceled') : failure.message};
  }
  if (session.run.partial) URL.revokeObjectURL(session.run.partial);
  session.run = null;
  changed();
}

function showResults() {
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.querySelector('.results')?.scrollIntoView({block: 'nearest', behavior: quiet ? 'auto' : 'smooth'});
}

function showPartial(blob) {
  if (session.run.partial) URL.revokeObjectURL(session.run.partial);
  session.run.partial = URL.createObjectURL(blob);
  changed();
}

function withRequestId(message, requestId) {
  return requestId ? `${message} (${requestId})` : message;
}

/** What an edit cost, for responses that began before it was known. */
async function costOf(requestId) {
  try {
    const report = await getJson(`/v1/usage?request_id=${encodeURIComponent(requestId)}`, session.key);
    const [edit] = report.edits ?? [];
    return edit && edit.state === 'settled' ? `${edit.settled} ${edit.currency}` : null;
  } catch {
    return null;
  }
}

async function findChanges({id, before, blob, mask}) {
  const found = before && await runner.compare(before, blob, mask).catch(() => null);
  const result = session.results.find(other => other.id === id);
  if (!result) return;
  result.heat = found ?? {share: null};
  changed();
}

/** The field that a parameter of an error is shown beside: an empty name if there is none. */
function placeOf(param) {
  if (!param) return '';
  const name = param.replace(/\[\d*\].*$/, '').replace(/\[(\w+)\]/g, '.$1').replace(/\.image_url$/, '');
  if (name === 'images') return 'image';
  const known = ['image', 'mask', 'markup', 'prompt', 'model', 'size', ...Object.keys(chosenModel()?.capabilities.parameters ?? {})];
  return known.includes(name) ? name : '';
}

function nameOf(input, type) {
  const ending = type.split('/')[1]?.replace('+xml', '').replace('jpeg', 'jpg') ?? 'png';
  return `${input.replace(/(-edited)?\.[^.]*$/, '')}-edited.${ending}`;
}
