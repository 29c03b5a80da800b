// Starts the playground: texts, the last visit, the key, then rendering after each change.
import {sandboxKey} from '../shared/gateway.js';
import {language, languageChoice, text} from '../shared/language.js';
import {html, render} from '../shared/lit.js';
import {quoteSoon, useKey} from './actions.js';
import {activeLayer} from './request.js';
import {formPanel} from './form.js';
import {keyPanel} from './key.js';
import {helpDialog, listenToKeys, toolbar} from './tools.js';
import {addressPanel, listenToPictures, picturesPanel, startPanel} from './pictures.js';
import {placeCut, resultsPanel} from './results.js';
import {changed, onChange, restore, session} from './session.js';
import {Surface} from './surface.js';

document.title = `Retouch · ${text('playground')}`;
const surface = new Surface([session.mask, session.markup],
  () => activeLayer() === 'markup' ? {layer: session.markup, brush: session.pen} : {layer: session.mask, brush: session.brush});
surface.element.setAttribute('role', 'img');
surface.element.setAttribute('aria-label', text('surface.label'));
let displayed = null;
/** The page is shown after so many milliseconds even if the models have not arrived. */
const FIRST_AFTER = 400;

function page() {
  return html`
    <header class="bar">
      <a class="home" href="/"><img src="/favicon.svg" alt="">Retouch</a>
      <a href="/playground/" aria-current="page">${text('playground')}</a>
      <a href="/docs">${text('api')}</a>
      <span class="end">${keyPanel()}${languageChoice()}</span>
    </header>
    <main class="workbench">
      <h1 class="visually-hidden">${text('playground')}</h1>
      ${picturesPanel()}
      <section class="card painting" aria-label=${text('mask')}>
        ${painting()}
      </section>
      ${formPanel()}
      ${resultsPanel()}
    </main>
    ${helpDialog()}`;
}

function painting() {
  const [first] = session.pictures;
  if (!first) return startPanel();
  if (first.address) return addressPanel(first);
  surface.element.dataset.layer = activeLayer();
  return html`${toolbar(surface)}${surface.element}${activeLayer() === 'markup' ? markupNote() : maskNote()}`;
}

/** What marks are for, and whether they are sent. */
function markupNote() {
  const message = session.errors.markup;
  if (message) return html`<p class="note bad" id="error-markup" role="alert">${message}</p>`;
  return html`<p class="note" id="markup-note">${text(session.markup.coverage === 0 ? 'markup.none' : 'markup.sent')}</p>`;
}

/** What the mask covers, and a warning if that is nothing or all. */
function maskNote() {
  const {coverage, full, soft} = session.mask;
  const message = session.errors.mask;
  if (message) return html`<p class="note bad" id="error-mask" role="alert">${message}</p>`;
  if (coverage === 0) {
    return html`<p class="note ${session.mask.canUndo ? 'warn' : ''}" id="mask-note">${text(session.mask.canUndo ? 'mask.nothing' : 'mask.none')}</p>`;
  }
  if (coverage > 0.999) return html`<p class="note warn" id="mask-note">${text('mask.all')}</p>`;
  const share = soft ? full : coverage;
  const percent = (share * 100).toLocaleString(language, {maximumFractionDigits: share < 0.1 ? 1 : 0});
  if (soft) return html`<p class="note ${full === 0 ? 'warn' : ''}" id="mask-note">${text(full === 0 ? 'mask.tooSoft' : 'mask.soft', {percent})}</p>`;
  return html`<p class="note" id="mask-note">${text('mask.covers', {percent})}</p>`;
}

function showFirstPicture() {
  const [first] = session.pictures;
  if (first?.id === displayed?.id) return;
  if (first?.address) {
    displayed = null; // the mask stays for the next image of this browser
    return;
  }
  const {width, height} = displayed ?? first ?? {};
  if (first && displayed && Math.abs(first.width / first.height / (width / height) - 1) > 0.02) session.mask.reset();
  displayed = first ?? null;
  if (first) requestAnimationFrame(() => surface.show(first.blob, first.width, first.height).then(changed));
}

function draw() {
  render(page(), document.getElementById('page'));
  placeCut();
  showFirstPicture();
  quoteSoon();
}

await restore();
onChange(draw);
listenToPictures();
listenToKeys(surface);
const ready = sandboxKey().then(key => key ? useKey(key, true) : changed());
// the models decide what the form has: a first rendering without them would move it
await Promise.race([ready, new Promise(resolve => setTimeout(resolve, FIRST_AFTER))]);
draw();
await ready;
document.documentElement.dataset.ready = 'true';
