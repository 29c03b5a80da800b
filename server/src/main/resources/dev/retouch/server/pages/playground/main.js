// Starts the playground: texts, the last visit, the key, then rendering after each change.
import {sandboxKey} from '../shared/gateway.js';
import {language, languageChoice, text} from '../shared/language.js';
import {html, render} from '../shared/lit.js';
import {quoteSoon, useKey} from './actions.js';
import {formPanel} from './form.js';
import {keyPanel} from './key.js';
import {helpDialog, listenToKeys, toolbar} from './tools.js';
import {listenToPictures, picturesPanel, startPanel} from './pictures.js';
import {placeCut, resultsPanel} from './results.js';
import {changed, onChange, restore, session} from './session.js';
import {Surface} from './surface.js';

document.title = `Retouch · ${text('playground')}`;
const surface = new Surface(session.mask, session.brush);
surface.element.setAttribute('role', 'img');
surface.element.setAttribute('aria-label', text('surface.label'));
let displayed = null;

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
        ${session.pictures.length === 0 ? startPanel() : html`${toolbar(surface)}${surface.element}${maskNote()}`}
      </section>
      ${formPanel()}
      ${resultsPanel()}
    </main>
    ${helpDialog()}`;
}

/** What the mask covers, and a warning if that is nothing or all. */
function maskNote() {
  const {coverage} = session.mask;
  const message = session.errors.mask;
  if (message) return html`<p class="note bad" id="error-mask" role="alert">${message}</p>`;
  if (coverage === 0) {
    return html`<p class="note ${session.mask.canUndo ? 'warn' : ''}" id="mask-note">${text(session.mask.canUndo ? 'mask.nothing' : 'mask.none')}</p>`;
  }
  if (coverage > 0.999) return html`<p class="note warn" id="mask-note">${text('mask.all')}</p>`;
  const percent = (coverage * 100).toLocaleString(language, {maximumFractionDigits: coverage < 0.1 ? 1 : 0});
  return html`<p class="note" id="mask-note">${text('mask.covers', {percent})}</p>`;
}

function showFirstPicture() {
  const [first] = session.pictures;
  if (first?.id === displayed?.id) return;
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
draw();
const key = await sandboxKey();
if (key) await useKey(key, true);
else changed();
document.documentElement.dataset.ready = 'true';
