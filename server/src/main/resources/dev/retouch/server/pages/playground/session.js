// What the page works on, and its copy in IndexedDB. Nothing of it is kept by the gateway.
import {openDatabase} from '../shared/database.js';
import {Markup} from './markup.js';
import {Mask} from './mask.js';

const MAX_RESULTS = 24;
const SAVE_AFTER = 250;

const listeners = [];
let database;
let restored = false;
let saving = 0;
let version = 0;

/** Parameters that the page sets for the client; the key is in memory only. */
export const session = {
  key: null,
  sandbox: false,
  keyRefused: null,
  models: [],
  model: '',
  prompt: '',
  /** Parameter name to text; an absent one is not sent. */
  values: {},
  /** `{id, name, blob, url, width, height}`, or `{id, name, address}` for one that the gateway loads; the mask belongs to the first one. */
  pictures: [],
  /** Names of the files that were added last and are no images. */
  unreadable: [],
  /** Inputs that were replaced by a result, the latest last. */
  earlier: [],
  /** The layer that is painted on: the mask, or marks if the model takes them. */
  layer: 'mask',
  brush: {tool: 'brush', size: 0.06},
  pen: {tool: 'pen', size: 0.008, color: 'red', text: ''},
  quote: null,
  /** Parameter name, or an empty name, to message. */
  errors: {},
  /** While an edit runs: `{call, started, partial}`. */
  run: null,
  /** The newest first: `{id, blob, url, before, mask, model, prompt, values, requestId, cost, …}`. */
  results: [],
  shown: null,
  mask: new Mask(() => changed()),
  markup: new Markup(() => changed())
};

/** Calls a function after each change, at most once per frame. */
export function onChange(listener) {
  listeners.push(listener);
}

let scheduled = false;

/** Announces a change: the page is rendered, and saved a moment later. */
export function changed() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      listeners.forEach(listener => listener());
    });
  }
  version++;
  document.documentElement.dataset.state = 'changed';
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_AFTER);
}

/** Adds images to the end of the list. */
export async function addPictures(files) {
  session.unreadable = [];
  for (const file of files) {
    const picture = await pictureOf(file, file.name || 'image.png');
    if (picture) session.pictures.push(picture);
    else session.unreadable.push(file.name || file.type);
  }
  changed();
}

/** Adds an image by its address: the gateway or its upstream loads it, and the page does not. */
export function addAddress(address) {
  session.unreadable = [];
  session.pictures.push(pictureAt(address));
  changed();
}

function pictureAt(address, id = crypto.randomUUID?.() ?? String(Math.random())) {
  const name = decodeURIComponent(new URL(address).pathname.split('/').pop() || 'image');
  return {id, name, address};
}

async function pictureOf(blob, name, id = crypto.randomUUID?.() ?? String(Math.random())) {
  try {
    const bitmap = await createImageBitmap(blob);
    const picture = {id, name, blob, url: URL.createObjectURL(blob), width: bitmap.width, height: bitmap.height};
    bitmap.close();
    return picture;
  } catch {
    return null; // not an image that this browser reads
  }
}

export function removePicture(picture) {
  if (picture.url) URL.revokeObjectURL(picture.url);
  session.pictures = session.pictures.filter(other => other !== picture);
  if (session.pictures.length === 0) {
    session.mask.reset();
    session.markup.reset();
  }
  changed();
}

/** Moves an image to another position; the first one has the mask. */
export function movePicture(picture, position) {
  const others = session.pictures.filter(other => other !== picture);
  others.splice(position, 0, picture);
  session.pictures = others;
  changed();
}

/** Makes a result the first image. The image before it can be taken back. */
export async function useAsInput(result) {
  const picture = await pictureOf(result.blob, result.name);
  if (!picture) return;
  session.earlier.push(session.pictures[0] ?? null);
  session.pictures = [picture, ...session.pictures.slice(1)];
  changed();
}

export function takeBackInput() {
  const before = session.earlier.pop();
  session.pictures = [...(before ? [before] : []), ...session.pictures.slice(1)];
  changed();
}

export function addResult(result) {
  session.results.unshift({...result, url: URL.createObjectURL(result.blob)});
  for (const old of session.results.splice(MAX_RESULTS)) URL.revokeObjectURL(old.url);
  session.shown = session.results[0].id;
  changed();
}

export function removeResult(result) {
  URL.revokeObjectURL(result.url);
  session.results = session.results.filter(other => other !== result);
  if (session.shown === result.id) session.shown = session.results[0]?.id ?? null;
  changed();
}

/** Loads what an earlier visit left. */
export async function restore() {
  database = await openDatabase('retouch-playground');
  const saved = await database.get('session');
  if (saved) {
    Object.assign(session, {model: saved.model, prompt: saved.prompt, values: saved.values, shown: saved.shown, layer: saved.layer ?? 'mask'});
    const pictures = await Promise.all(saved.pictures.map(({blob, name, id, address}) => address ? pictureAt(address, id) : pictureOf(blob, name, id)));
    session.pictures = pictures.filter(Boolean);
    const results = await database.get('results') ?? [];
    session.results = results.map(result => ({...result, url: URL.createObjectURL(result.blob)}));
    for (const layer of [session.mask, session.markup]) {
      if (session.pictures[0]?.blob) layer.resize(session.pictures[0].width, session.pictures[0].height);
    }
    await session.mask.restore(saved.mask).catch(() => session.mask.reset());
    if (saved.markup) await session.markup.restore(saved.markup).catch(() => session.markup.reset());
  }
  restored = true;
}

let savedResults = null;

async function save() {
  if (!restored) return;
  const saved = version;
  const {model, prompt, values, shown, layer, pictures, mask, markup, results} = session;
  await database.put('session', {model, prompt, values, shown, layer, mask: mask.saved, markup: markup.saved,
    pictures: pictures.map(({blob, name, id, address}) => ({blob, name, id, address}))});
  const list = results.map(({id, heat}) => id + (heat ? '+' : '')).join();
  if (list !== savedResults) {
    savedResults = list;
    await database.put('results', results.map(({url, ...kept}) => kept));
  }
  if (saved === version) document.documentElement.dataset.state = 'saved';
}

/** Deletes images, mask, prompt and results, here and in IndexedDB. */
export async function deleteAll() {
  [...session.results, ...session.pictures, ...session.earlier].forEach(image => image?.url && URL.revokeObjectURL(image.url));
  Object.assign(session, {pictures: [], unreadable: [], earlier: [], results: [], shown: null, prompt: '', values: {}, errors: {}, quote: null});
  session.mask.reset();
  session.markup.reset();
  await database.clear();
}
