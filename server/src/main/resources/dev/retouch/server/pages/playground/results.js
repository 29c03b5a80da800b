// The results: a strip of all, and one in large beside the original, with what changed outside the mask.
import {code, languages} from '../shared/code.js';
import {copy} from '../shared/copy.js';
import {download} from '../shared/download.js';
import {language, text} from '../shared/language.js';
import {html, live, nothing, repeat} from '../shared/lit.js';
import {typed} from './request.js';
import {changed, deleteAll, removeResult, session, useAsInput} from './session.js';

const view = {cut: 50, heat: false, language: 'curl'};
const urls = new WeakMap();

function urlOf(blob) {
  if (!urls.has(blob)) urls.set(blob, URL.createObjectURL(blob));
  return urls.get(blob);
}

export function resultsPanel() {
  const {results, run} = session;
  if (results.length === 0 && !run) return nothing;
  const shown = results.find(result => result.id === session.shown) ?? results[0];
  return html`<section class="card results" aria-labelledby="results-title">
    <div class="head"><h2 id="results-title">${text('results')}</h2>
      <button type="button" class="plain small end" id="delete-all" @click=${forget}>${text('results.deleteAll')}</button></div>
    <div class="body">
      ${run ? partial(run) : shown ? comparison(shown) : nothing}
      <ol class="strip">${repeat(results, result => result.id, result => html`<li><button type="button" class="pick" aria-pressed=${String(result === shown)}
        aria-label=${text('results.show', {prompt: result.prompt})} @click=${() => show(result)}><img src=${result.url} alt=""></button></li>`)}</ol>
    </div>
  </section>`;
}

function partial(run) {
  return html`<div class="viewer"><div class="compare waiting">
    ${session.pictures[0]?.url ? html`<img class="before" src=${session.pictures[0].url} alt="">` : nothing}
    ${run.partial ? html`<img class="partial" id="partial" src=${run.partial} alt=${text('results.partial')}>` : nothing}</div>
    <div class="facts"><p class="soft">${text(run.partial ? 'results.partial' : 'run.running')}</p></div></div>`;
}

function comparison(result) {
  const {heat} = result;
  const heatShown = view.heat && heat?.heat;
  return html`<div class="viewer">
    <figure class="compare ${heatShown ? 'heated' : ''}" id="compare" @pointermove=${event => event.buttons === 1 && slide(event)} @pointerdown=${slide}>
      ${result.before ? html`<img class="before" src=${urlOf(result.before)} alt=${text('results.before')} draggable="false">` : nothing}
      <img class=${result.before ? 'after' : 'only'} src=${result.url} alt=${text('results.after', {prompt: result.prompt})} draggable="false">
      ${heatShown ? html`<img class="heat" id="heat" src=${urlOf(heat.heat)} alt=${text('heat.label')} draggable="false">` : nothing}
      ${result.before ? html`<span class="label left">${text('results.before')}</span><span class="label right">${text('results.afterShort')}</span>
      <span class="handle" aria-hidden="true"></span>` : nothing}
    </figure>
    <div class="facts">
      <label class="field" ?hidden=${!result.before}><span class="label">${text('results.slider')}</span><input type="range" id="slider" min="0" max="100" .value=${live(String(view.cut))}
        @input=${event => cutAt(Number(event.target.value))}></label>
      ${changes(result)}
      <p class="prompt">${result.prompt}</p>
      <dl>
        <dt>${text('parameter.model')}</dt><dd>${result.model}</dd>
        ${result.cost ? html`<dt>${text('results.cost')}</dt><dd>${result.cost}</dd>` : nothing}
        ${result.usage ? html`<dt>${text('results.tokens')}</dt><dd>${result.usage.total_tokens?.toLocaleString(language)}</dd>` : nothing}
        <dt>${text('results.time')}</dt><dd>${(result.milliseconds / 1000).toFixed(1)} s</dd>
        <dt>${text('results.requestId')}</dt><dd class="mono" id="request-id">${result.requestId}</dd>
      </dl>
      ${result.warning ? html`<p class="note warn">${result.warning}</p>` : nothing}
      ${result.dropped ? html`<p class="note warn">${text('results.dropped', {names: result.dropped})}</p>` : nothing}
      <div class="row">
        <button type="button" class="small" id="use" @click=${() => useAsInput(result)}>${text('results.use')}</button>
        <button type="button" class="small" id="download" @click=${() => download(result.blob, result.name)}>${text('results.download')}</button>
        <span class="joined"><button type="button" class="small" id="copy-code" @click=${event => copy(code(view.language, result, typed), event.currentTarget)}>${text('results.code')}</button>
          <select id="code-language" aria-label=${text('results.language')} @change=${event => view.language = event.target.value}>
            ${Object.entries(languages).map(([id, name]) => html`<option value=${id} ?selected=${id === view.language}>${name}</option>`)}</select></span>
        <button type="button" class="plain small" @click=${() => removeResult(result)}>${text('results.delete')}</button>
      </div>
    </div>
  </div>`;
}

function changes({heat, before}) {
  if (!before) return html`<p class="note" id="changes">${text('heat.address')}</p>`;
  if (!heat) return html`<p class="note" id="changes">${text('heat.measuring')}</p>`;
  if (heat.share === null) return html`<p class="note" id="changes">${text('heat.impossible')}</p>`;
  const percent = (heat.share * 100).toLocaleString(language, {maximumFractionDigits: heat.share < 0.1 ? 2 : 0});
  const kind = !heat.masked ? '' : heat.share < 0.005 ? 'good' : 'warn';
  return html`<p class="note ${kind}" id="changes">${text(heat.masked ? 'heat.outside' : 'heat.whole', {percent})}</p>
    <label class="check"><input type="checkbox" id="show-heat" .checked=${live(view.heat)}
      @change=${event => { view.heat = event.target.checked; changed(); }}>${text('heat.show')}</label>`;
}

function show(result) {
  session.shown = result.id;
  changed();
}

function slide(event) {
  const box = event.currentTarget.getBoundingClientRect();
  cutAt(Math.round(Math.min(100, Math.max(0, (event.clientX - box.left) / box.width * 100))));
}

function cutAt(percent) {
  view.cut = percent;
  changed();
}

/** Moves the line between both images. Called after each rendering: a style attribute would need an exception in the policy. */
export function placeCut() {
  document.getElementById('compare')?.style.setProperty('--cut', `${view.cut}%`);
}

function forget() {
  if (confirm(text('results.confirm'))) deleteAll();
}
