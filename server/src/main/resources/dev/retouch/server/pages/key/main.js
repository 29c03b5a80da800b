// The page of an API key for its holder: what is left, what was spent, the limits, and the last edits.
import {download} from '/shared/download.js';
import {getJson, sandboxKey} from '/shared/gateway.js';
import {languageChoice, text} from '/shared/language.js';
import {html, nothing, render} from '/shared/lit.js';
import {edits, figures, limits, usage} from './sections.js';

const PAGE = 20;
const RELOAD_AFTER = 10_000;

/** The secret stays in the memory of this tab. */
let secret = null;
let data = null;
let problem = null;
let loading = false;

document.title = `Retouch · ${text('ownKey')}`;

function page() {
  return html`
    <header class="bar">
      <a class="home" href="/"><img src="/favicon.svg" alt="">Retouch</a>
      <a href="/console/key/" aria-current="page">${text('ownKey')}</a><a href="/playground/">${text('playground')}</a>
      <span class="end">${data ? html`<button type="button" class="small on-bar" id="forget" @click=${forget}>${text('ownKey.forget')}</button>` : nothing}
        ${languageChoice()}</span>
    </header>
    <main class="report">${data ? content() : keyForm()}</main>`;
}

function content() {
  return html`<h1>${data.key.label || `${data.key.prefix}…`}</h1>
    ${problem ? html`<p class="note bad" id="problem" role="alert">${problem}</p>` : nothing}
    ${figures(data)}
    <div class="columns">${limits(data.key)}${usage(data.usage, downloadUsage)}</div>
    ${edits(data.edits, more)}`;
}

function keyForm() {
  const submit = event => {
    event.preventDefault();
    open(new FormData(event.target).get('key').trim());
  };
  return html`<form class="card sign-in" @submit=${submit}>
    <h1>${text('ownKey')}</h1>
    <div class="field ${problem ? 'wrong' : ''}"><label for="key">${text('key')}</label>
      <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required placeholder=${text('key.placeholder')} aria-describedby="key-problem">
      <span class="message" id="key-problem" role=${problem ? 'alert' : nothing}>${problem ?? ''}</span></div>
    <button class="primary" id="show" ?disabled=${loading}>${text('ownKey.show')}</button>
    <p class="soft">${text('ownKey.note')}</p>
  </form>`;
}

async function open(key) {
  secret = key;
  await load();
}

function forget() {
  secret = data = problem = null;
  draw();
}

/** Loads everything again. Pages of edits after the first are kept out, because new edits push others from page to page. */
async function load() {
  const asked = secret;
  loading = true;
  draw();
  try {
    const [key, days, list] = await Promise.all([getJson('/v1/key', asked), getJson('/v1/usage?group_by=day', asked),
      getJson(`/v1/edits?limit=${PAGE}`, asked)]);
    if (asked === secret) {
      data = {key, usage: days, edits: list};
      problem = null;
    }
  } catch (failure) {
    if (asked === secret) {
      problem = failure.message;
      if (failure.status === 401) data = null;
    }
  }
  loading = false;
  draw();
}

async function more() {
  const shown = data; // another key, or none, may be shown when the response arrives
  try {
    const next = await getJson(`/v1/edits?limit=${PAGE}&after=${shown.edits.data.at(-1).id}`, secret);
    if (data !== shown) return;
    data.edits = {...next, data: [...data.edits.data, ...next.data], extended: true};
  } catch (failure) {
    if (data === shown) problem = failure.message;
  }
  draw();
}

async function downloadUsage() {
  const response = await fetch('/v1/usage', {headers: {authorization: `Bearer ${secret}`, accept: 'text/csv'}});
  if (!response.ok) {
    problem = `HTTP ${response.status}`;
    draw();
    return;
  }
  download(await response.blob(), 'usage.csv');
}

function draw() {
  render(page(), document.getElementById('page'));
}

setInterval(() => {
  if (data && !loading && !data.edits.extended && document.visibilityState === 'visible') load();
}, RELOAD_AFTER);
draw();
const sandbox = await sandboxKey();
if (sandbox && !secret) await open(sandbox);
document.documentElement.dataset.ready = 'true';
