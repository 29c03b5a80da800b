// The tools of the mask and of the markup, their keys, and the list of the keys.
import {download} from '../shared/download.js';
import {text} from '../shared/language.js';
import {html, live, nothing} from '../shared/lit.js';
import {canFeather} from './mask.js';
import {INKS} from './markup.js';
import {activeLayer, chosenModel, maskBlob} from './request.js';
import {changed, session} from './session.js';

const TOOLS = [['brush', 'B'], ['eraser', 'E'], ['rectangle', 'R'], ['lasso', 'L'], ['fill', 'F']];
const MARKS = [['pen', 'P'], ['arrow', 'W'], ['text', 'T'], ['eraser', 'E']];
const MIN_SIZE = 0.005;
const MAX_SIZE = 0.3;
const MIN_PEN = 0.002;
const MAX_PEN = 0.04;
/** How far Grow and Shrink move the edge, and how far Feather makes it soft, as a fraction of the width. */
const GROW_BY = 0.01;

export function toolbar(surface) {
  const marking = activeLayer() === 'markup';
  return html`<div class="tools" role="toolbar" aria-label=${text('tools')}>
    ${chosenModel()?.capabilities.markup ? layers() : nothing}
    ${marking ? markTools() : maskTools()}
    <span class="group end">
      <button type="button" class="small icon" aria-label=${text('zoom.out')} title="−" @click=${() => surface.zoomBy(1 / 1.4)}>−</button>
      <button type="button" class="small" id="fit" title="0" @click=${() => surface.fit()}>${text('zoom.fit')}</button>
      <button type="button" class="small icon" aria-label=${text('zoom.in')} title="+" @click=${() => surface.zoomBy(1.4)}>+</button>
      <button type="button" class="small icon" aria-label=${text('keys')} title="?" @click=${showKeys}>?</button>
    </span>
  </div>`;
}

/** The choice between mask and markup: an edit has one of them. */
function layers() {
  const button = name => html`<button type="button" class="small" data-layer=${name} aria-pressed=${String(activeLayer() === name)}
    @click=${() => chooseLayer(name)}>${text(name)}</button>`;
  return html`<span class="group" role="group" aria-label=${text('layers')}>${button('mask')}${button('markup')}</span>`;
}

function choice(tools, brush) {
  return html`<span class="group">${tools.map(([tool, key]) => html`<button type="button" class="small" data-tool=${tool}
      aria-pressed=${String(brush.tool === tool)} title="${text(`tool.${tool}`)} (${key})" @click=${() => choose(tool)}>${text(`tool.${tool}`)}</button>`)}</span>`;
}

function history(layer) {
  return html`<span class="group">
      <button type="button" class="small" id="undo" title="Ctrl+Z" ?disabled=${!layer.canUndo} @click=${() => layer.undo()}>${text('tool.undo')}</button>
      <button type="button" class="small" id="redo" title="Ctrl+Shift+Z" ?disabled=${!layer.canRedo} @click=${() => layer.redo()}>${text('tool.redo')}</button>
    </span>`;
}

function markTools() {
  const {markup, pen} = session;
  return html`${choice(MARKS, pen)}
    <span class="group inks" role="radiogroup" aria-label=${text('markup.color')}>${Object.keys(INKS).map(name => html`<button type="button" role="radio"
      class="ink ${name}" aria-checked=${String(pen.color === name)} aria-label=${text(`ink.${name}`)} title=${text(`ink.${name}`)} @click=${() => setPen({color: name})}></button>`)}</span>
    ${pen.tool === 'text' ? html`<label class="size"><span>${text('markup.text')}</span><input type="text" id="mark-text" maxlength="80"
      .value=${live(pen.text)} @input=${event => setPen({text: event.target.value})}></label>` : nothing}
    <label class="size"><span>${text('tool.size')}</span><input type="range" id="pen-size" min=${MIN_PEN} max=${MAX_PEN} step="0.001"
      .value=${live(String(pen.size))} @input=${event => resize(Number(event.target.value))}></label>
    ${history(markup)}
    <button type="button" class="small" id="clear" title="X" ?disabled=${markup.coverage === 0} @click=${() => markup.add({kind: 'all', erase: true})}>${text('tool.clear')}</button>`;
}

function maskTools() {
  const {mask, brush} = session;
  const button = (id, key, enabled, work) => html`<button type="button" class="small" id=${id} title=${key} ?disabled=${!enabled} @click=${work}>${text(`tool.${id}`)}</button>`;
  const some = mask.coverage > 0;
  return html`${choice(TOOLS, brush)}
    <label class="size"><span>${text('tool.size')}</span><input type="range" id="brush-size" min=${MIN_SIZE} max=${MAX_SIZE} step="0.005"
      .value=${live(String(brush.size))} @input=${event => resize(Number(event.target.value))}></label>
    ${history(mask)}
    <span class="group">
      ${button('all', 'A', true, () => mask.add({kind: 'all', erase: false}))}${button('invert', 'I', true, () => mask.add({kind: 'invert'}))}
      ${button('clear', 'X', some, () => mask.add({kind: 'all', erase: true}))}
      ${button('grow', 'G', some, () => mask.add({kind: 'grow', by: GROW_BY}))}${button('shrink', 'S', some, () => mask.add({kind: 'grow', by: -GROW_BY}))}
      ${canFeather ? button('feather', 'D', some, feather) : nothing}
    </span>
    <span class="group">
      <label class="button small picker">${text('mask.load')}<input type="file" accept="image/png,image/webp" id="mask-file" class="visually-hidden"
        @change=${loadMask}></label>
      <button type="button" class="small" id="save-mask" ?disabled=${!some}
        @click=${async () => download(await maskBlob(), 'mask.png')}>${text('mask.save')}</button>
    </span>`;
}

function feather() {
  if (canFeather) session.mask.add({kind: 'feather', by: GROW_BY});
}

function chooseLayer(name) {
  session.layer = name;
  changed();
}

/** The settings of the tool of the active layer. */
const tool = () => activeLayer() === 'markup' ? session.pen : session.brush;

function choose(name) {
  tool().tool = name;
  changed();
}

function setPen(change) {
  Object.assign(session.pen, change);
  changed();
}

function resize(size) {
  const [least, most] = activeLayer() === 'markup' ? [MIN_PEN, MAX_PEN] : [MIN_SIZE, MAX_SIZE];
  tool().size = Math.min(most, Math.max(least, size));
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
    <dl>${TOOLS.map(([name, key]) => row([key], text(`tool.${name}`)))}
      ${row(['[', ']'], text('tool.size'))}${row(['A'], text('tool.all'))}${row(['I'], text('tool.invert'))}${row(['X'], text('tool.clear'))}
      ${row(['G'], text('tool.grow'))}${row(['S'], text('tool.shrink'))}${row(['D'], text('tool.feather'))}
      ${MARKS.slice(0, 3).map(([name, key]) => row([key], `${text('markup')}: ${text(`tool.${name}`)}`))}
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
  const {mask, markup} = session;
  const both = {
    '[': () => resize(tool().size / 1.25), ']': () => resize(tool().size * 1.25), '+': () => surface.zoomBy(1.4), '=': () => surface.zoomBy(1.4),
    '-': () => surface.zoomBy(1 / 1.4), 0: () => surface.fit(), '?': showKeys
  };
  const keysOf = tools => Object.fromEntries(tools.map(([name, key]) => [key.toLowerCase(), () => choose(name)]));
  const keys = {
    mask: {...both, ...keysOf(TOOLS), a: () => mask.add({kind: 'all', erase: false}), x: () => mask.add({kind: 'all', erase: true}),
      i: () => mask.add({kind: 'invert'}), g: () => mask.add({kind: 'grow', by: GROW_BY}), s: () => mask.add({kind: 'grow', by: -GROW_BY}), d: feather},
    markup: {...both, ...keysOf(MARKS), x: () => markup.add({kind: 'all', erase: true})}
  };
  document.addEventListener('keydown', event => {
    if (event.target.closest('input:not([type=range]):not([type=checkbox]):not([type=file]), textarea, select, dialog')) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (session.pictures.length === 0 || (key !== 'z' && key !== 'y')) return;
      if (key === 'y' || event.shiftKey) session[activeLayer()].redo();
      else session[activeLayer()].undo();
      event.preventDefault();
    } else if (event.key === ' ' && event.target === document.body) {
      surface.panning = true;
      event.preventDefault();
    } else if (keys[activeLayer()][key] && session.pictures.length > 0 && !event.altKey) {
      keys[activeLayer()][key]();
      event.preventDefault();
    }
  });
  document.addEventListener('keyup', event => {
    if (event.key === ' ') surface.panning = false;
  });
}
