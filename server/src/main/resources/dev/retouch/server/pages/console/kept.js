// What the group of an edit keeps beside its money: how it ran, the prompt, and thumbnails. Thumbnails are requested as the documents are,
// because an img element cannot send the header of the console.
import {badge, duration, number, time} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {blob} from './admin.js';

const SIDES = {input: 'kept.input', result: 'kept.result'};

/** The thumbnails of an edit, as addresses of this page. */
export function thumbnails() {
  const urls = new Map();
  return {
    /** Loads those that are not loaded yet. One that cannot be loaded is left out. */
    async load({kept}, polled) {
      await Promise.all((kept?.thumbnails ?? []).filter(({name}) => !urls.has(name)).map(async ({name, url}) => {
        try {
          urls.set(name, URL.createObjectURL(await blob(url, polled)));
        } catch {
          // expired meanwhile
        }
      }));
    },
    url: name => urls.get(name),
    close: () => urls.forEach(url => URL.revokeObjectURL(url))
  };
}

/** The prompt with the thumbnails; nothing if the group keeps neither. */
export function content(edit, pictures) {
  const {kept} = edit;
  if (!kept || (kept.prompt === undefined && !kept.thumbnails && !kept.unreadable)) return nothing;
  return html`<section class="card" id="content"><div class="head"><h2>${text('kept.content')}</h2><span class="end soft">${until(kept)}</span></div>
    ${kept.unreadable ? html`<p class="note warn inset">${text('kept.unreadable')}</p>` : nothing}
    ${kept.prompt === undefined ? nothing : html`<p class="body prompt" id="prompt">${kept.prompt}</p>`}
    ${kept.thumbnails ? html`<div class="body thumbnails">${kept.thumbnails.filter(({name}) => pictures.url(name)).map(({name}) => html`<figure>
      <img src=${pictures.url(name)} alt=${title(name)}><figcaption class="soft">${title(name)}</figcaption></figure>`)}</div>` : nothing}
    ${kept.prompt === undefined ? nothing : html`<details class="body"><summary>${text('kept.command')}</summary><pre class="code" id="command">${command(edit)}</pre></details>`}</section>`;
}

function title(name) {
  const [side, number] = name.split('-');
  return text(SIDES[side], {number});
}

/** The edit as a command, as far as it is known: the images are named as their thumbnails are. */
function command({kept, model}) {
  const {run: {size, quality, images_in: images = 1, mask} = {}} = kept;
  const chosen = (name, value) => value && value !== 'auto' ? [`-F ${name}=${value}`] : [];
  const quoted = value => `'${value.replaceAll("'", `'\\''`)}'`;
  const fields = [...Array.from({length: images}, (_, at) => `-F ${images > 1 ? 'image[]' : 'image'}=@input-${at + 1}.png`), ...(mask ? ['-F mask=@mask.png'] : []),
    `-F model=${model}`, ...chosen('size', size), ...chosen('quality', quality), `--form-string prompt=${quoted(kept.prompt)}`];
  return [`curl ${location.origin}/v1/images/edits -H "Authorization: Bearer $RETOUCH_API_KEY"`, ...fields].join(' \\\n  ');
}

const until = kept => text('kept.until', {time: time(kept.expires_at)});

/** How the edit ran; nothing if the group does not keep it. */
export function run({kept}) {
  if (!kept?.run) return nothing;
  const {run} = kept;
  const row = (label, value) => value === undefined ? nothing : html`<dt>${text(label)}</dt><dd>${value}</dd>`;
  const milliseconds = name => row(`run.${name}`, run[name] === undefined ? undefined : duration(run[name]));
  const flags = ['mask', 'streamed', 'task'].filter(name => run[name]).map(name => text(`run.${name}`));
  return html`<section class="card" id="run"><div class="head"><h2>${text('run.title')}</h2><span class="end">${badge(run.outcome)}</span></div><dl class="body">
    ${row('run.status', [run.status, run.code].filter(Boolean).join(' '))}
    ${row('console.upstreams', run.upstreams.join(', ') || '–')}
    ${row('run.attempts', run.retries + run.failovers === 0 ? number(run.attempts) : text('run.again', {attempts: run.attempts, retries: run.retries, failovers: run.failovers}))}
    ${row('parameter.size', run.size)}${row('parameter.quality', run.quality)}${row('run.images_in', run.images_in)}
    ${flags.length > 0 ? row('run.flags', flags.join(', ')) : nothing}
    ${['total_ms', 'upstream_ms', 'queue_ms', 'moderation_ms', 'first_byte_ms'].map(milliseconds)}</dl></section>`;
}
