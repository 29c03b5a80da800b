// The tools of the mask, their keys, and the list of the keys.
import {download} from '../shared/download.js';
import {text} from '../shared/language.js';
import {html, live} from '../shared/lit.js';
import {maskBlob} from './request.js';
import {changed, session} from './session.js';

const TOOLS = [['brush', 'B'], ['eraser', 'E'], ['rectangle', 'R'], ['lasso', 'L'], ['fill', 'F']];
const MIN_SIZE = 0.005;
const MAX_SIZE = 0.3;
/** How far Grow and Shrink move the edge, as a fraction of the width. */
const GROW_BY = 0.01;

export function toolbar(surface) {
  const {mask, brush} = session;
  return html`<div class="tools" role="toolbar" aria-label=${text('tools')}>
    <span class="group">${TOOLS.map(([tool, key]) => html`<button type="button" class="small" data-tool=${tool}
      aria-pressed=${String(brush.tool === tool)} title="${text(`tool.${tool}`)} (${key})" @click=${() => choose(tool)}>${text(`tool.${tool}`)}</button>`)}</span>
    <label class="size"><span>${text('tool.size')}</span><input type="range" id="brush-size" min=${MIN_SIZE} max=${MAX_SIZE} step="0.005"
      .value=${live(String(brush.size))} @input=${event => resize(Number(event.target.value))}></label>
    <span class="group">
      <button type="button" class="small" id="undo" title="Ctrl+Z" ?disabled=${!mask.canUndo} @click=${() => mask.undo()}>${text('tool.undo')}</button>
      <button type="button" class="small" id="redo" title="Ctrl+Shift+Z" ?disabled=${!mask.canRedo} @click=${() => mask.redo()}>${text('tool.redo')}</button>
    </span>
    <span class="group">
      <button type="button" class="small" id="all" title="A" @click=${() => mask.add({kind: 'all', erase: false})}>${text('tool.all')}</button>
      <button type="button" class="small" id="invert" title="I" @click=${() => mask.add({kind: 'invert'})}>${text('tool.invert')}</button>
      <button type="button" class="small" id="clear" title="X" ?disabled=${mask.coverage === 0}
        @click=${() => mask.add({kind: 'all', erase: true})}>${text('tool.clear')}</button>
      <button type="button" class="small" id="grow" title="G" ?disabled=${mask.coverage === 0}
        @click=${() => mask.add({kind: 'grow', by: GROW_BY})}>${text('tool.grow')}</button>
      <button type="button" class="small" id="shrink" title="S" ?disabled=${mask.coverage === 0}
        @click=${() => mask.add({kind: 'grow', by: -GROW_BY})}>${text('tool.shrink')}</button>
    </span>
    <span class="group">
      <label class="button small picker">${text('mask.load')}<input type="file" accept="image/png,image/webp" id="mask-file" class="visually-hidden"
        @change=${loadMask}></label>
      <button type="button" class="small" id="save-mask" ?disabled=${mask.coverage === 0}
        @click=${async () => download(await maskBlob(), 'mask.png')}>${text('mask.save')}</button>
    </span>
    <span class="group end">
      <button type="button" class="small icon" aria-label=${text('zoom.out')} title="−" @click=${() => surface.zoomBy(1 / 1.4)}>−</button>
      <button type="button" class="small" id="fit" title="0" @click=${() => surface.fit()}>${text('zoom.fit')}</button>
      <button type="button" class="small icon" aria-label=${text('zoom.in')} title="+" @click=${() => surface.zoomBy(1.4)}>+</button>
      <button type="button" class="small icon" aria-label=${text('keys')} title="?" @click=${showKeys}>?</button>
    </span>
  </div>`;
}

function choose(tool) {
  session.brush.tool = tool;
  changed();
}

function resize(size) {
  session.brush.size = Math.min(MAX_SIZE, Math.max(MIN_SIZE, size));
  changed();
}

async function loadMask(event) {
  const [blob] = event.target.files;
  event.target.value = '';
  if (!blob) return;
  try {
    await session.mask.add({kind: 'image', blob});
  } catch {
    session.errors.mask = text('mask.unreadable');
    changed();
  }
}

export function helpDialog() {
  const row = (keys, label) => html`<dt>${keys.map(key => html`<kbd>${key}</kbd> `)}</dt><dd>${label}</dd>`;
  return html`<dialog id="keys" aria-labelledby="keys-title" @click=${event => event.target.id === 'keys' && event.target.close()}>
    <div class="head"><h2 id="keys-title">${text('keys')}</h2>
      <form method="dialog"><button class="plain small icon" aria-label=${text('close')}>✕</button></form></div>
    <dl>${TOOLS.map(([tool, key]) => row([key], text(`tool.${tool}`)))}
      ${row(['[', ']'], text('tool.size'))}${row(['A'], text('tool.all'))}${row(['I'], text('tool.invert'))}${row(['X'], text('tool.clear'))}
      ${row(['G'], text('tool.grow'))}${row(['S'], text('tool.shrink'))}
      ${row(['Ctrl', 'Z'], text('tool.undo'))}${row(['Ctrl', 'Shift', 'Z'], text('tool.redo'))}
      ${row(['Alt'], text('keys.alt'))}${row([text('keys.space')], text('keys.pan'))}${row(['+', '−', '0'], text('keys.zoom'))}
      ${row(['Ctrl', 'Enter'], text('run'))}</dl>
  </dialog>`;
}

function showKeys() {
  document.getElementById('keys').showModal();
}

/** Handles the keys of the tools, except in text fields. */
export function listenToKeys(surface) {
  const plain = {
    ...Object.fromEntries(TOOLS.map(([tool, key]) => [key.toLowerCase(), () => choose(tool)])),
    '[': () => resize(session.brush.size / 1.25), ']': () => resize(session.brush.size * 1.25),
    a: () => session.mask.add({kind: 'all', erase: false}), x: () => session.mask.add({kind: 'all', erase: true}),
    i: () => session.mask.add({kind: 'invert'}), g: () => session.mask.add({kind: 'grow', by: GROW_BY}),
    s: () => session.mask.add({kind: 'grow', by: -GROW_BY}), '+': () => surface.zoomBy(1.4), '=': () => surface.zoomBy(1.4),
    '-': () => surface.zoomBy(1 / 1.4), 0: () => surface.fit(), '?': showKeys
  };
  document.addEventListener('keydown', event => {
    if (event.target.closest('input:not([type=range]):not([type=checkbox]):not([type=file]), textarea, select, dialog')) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (session.pictures.length === 0 || (key !== 'z' && key !== 'y')) return;
      if (key === 'y' || event.shiftKey) session.mask.redo();
      else session.mask.undo();
      event.preventDefault();
    } else if (event.key === ' ' && event.target === document.body) {
      surface.panning = true;
      event.preventDefault();
    } else if (plain[key] && session.pictures.length > 0 && !event.altKey) {
      plain[key]();
      event.preventDefault();
    }
  });
  document.addEventListener('keyup', event => {
    if (event.key === ' ') surface.panning = false;
  });
}
