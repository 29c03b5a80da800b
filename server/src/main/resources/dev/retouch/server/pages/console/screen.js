// The screen that is open: it loads its data, renders it, and loads it again while it is visible.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';

const RELOAD_AFTER = 5000;

let screen = null;
let draw = () => {};

export function onRender(render) {
  draw = render;
}

/**
 * Opens a screen, and closes the one before.
 *
 * @param opened `load` returns its data, `render` makes a template of it; `live` if it is loaded again every few seconds; `open` starts what runs
 *   while it is open and returns what ends that; `rendered` is called after each rendering
 */
export function show(opened) {
  close();
  screen = {...opened, data: null, problem: null};
  screen.end = opened.open?.();
  draw();
  reload();
}

/** Closes the open screen. */
export function close() {
  screen?.end?.();
  screen = null;
}

/** What the open screen does after each rendering. */
export function rendered() {
  if (screen?.data) screen.rendered?.(screen.data);
}

/** Loads the data of the open screen again. */
export async function reload(polled = false) {
  const loading = screen;
  if (!loading) return;
  try {
    const data = await loading.load(polled);
    if (loading !== screen) return;
    Object.assign(loading, {data, problem: null});
  } catch (failure) {
    if (loading !== screen) return;
    loading.problem = failure.message;
  }
  draw();
}

/**
 * Runs a change, then loads the screen again. Returns whether it succeeded.
 *
 * @param again whether to load the screen again; false if only its own state has changed
 */
export async function change(work, again = true) {
  try {
    await work();
  } catch (failure) {
    if (screen) screen.problem = failure.message;
    draw();
    return false;
  }
  if (again) await reload();
  return true;
}

/** Renders the open screen again, after a change of its own state. */
export function refresh() {
  draw();
}

export function currentScreen() {
  if (!screen) return nothing;
  return html`${screen.problem ? html`<p class="note bad" id="problem" role="alert">${screen.problem}</p>` : nothing}
    ${screen.data === null ? html`<p class="soft">${text('console.loading')}</p>` : screen.render(screen.data)}`;
}

setInterval(() => {
  if (screen?.live && screen.data !== null && document.visibilityState === 'visible' && !document.querySelector('dialog[open]')) reload(true);
}, RELOAD_AFTER);
