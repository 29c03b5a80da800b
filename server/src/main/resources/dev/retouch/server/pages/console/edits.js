// Edits: a list with filters in the address, and an edit with its tokens and its transfers in the ledger.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {dialog, openDialog} from './dialog.js';
import {badge, money, noteText, number, time} from '../shared/format.js';
import {csvButton, downloadEdits} from './export.js';
import {content, run, thumbnails} from './kept.js';
import {book} from './operations.js';
import {pages as pagesOf} from './pages.js';
import {attempts, sent} from './report.js';
import {rows} from './rows.js';
import {change} from './screen.js';
import {transferTable} from './transfers.js';

const FILTERS = ['request_id', 'upstream_id', 'group', 'key', 'model', 'since', 'until'];
const STATES = ['held', 'settled', 'released', 'undecided'];

export function editsScreen(query) {
  const filters = new URLSearchParams([...query].filter(([name, value]) => value && (FILTERS.includes(name) || name === 'state')));
  const edits = pagesOf(`edits?${filters}`);
  const visible = rows('edits', edits.next);
  const csv = csvButton(progress => downloadEdits(filters, progress));
  return {live: true, load: edits.load, open: visible.open, rendered: visible.rendered, render: () => list(filters, edits, csv, visible)};
}

function list(filters, pages, csv, visible) {
  const edits = pages.items();
  const search = event => {
    event.preventDefault();
    const given = [...new FormData(event.target)].filter(([, value]) => value.trim());
    location.hash = `#/edits?${new URLSearchParams(given)}`;
  };
  return html`<h1>${text('console.edits')}</h1>
    <form class="card filters" @submit=${search}>${FILTERS.map(name => html`<div class="field"><label for="filter-${name}">${text(`filter.${name}`)}</label>
        <input id="filter-${name}" name=${name} type=${name === 'since' || name === 'until' ? 'date' : 'text'} .value=${filters.get(name) ?? ''}></div>`)}
      <div class="field"><label for="filter-state">${text('filter.state')}</label><select id="filter-state" name="state">
        <option value="">${text('filter.all')}</option>
        ${STATES.map(state => html`<option value=${state} .selected=${filters.get('state') === state}>${text(`state.${state}`)}</option>`)}</select></div>
      <span class="row"><button class="primary" id="search">${text('filter.apply')}</button>
        ${csv()}</span></form>
    <section class="card">${edits.length === 0 ? html`<p class="body soft" id="no-edits">${text('edits.none')}</p>` : editTable(edits, visible)}${pages.more()}</section>`;
}

const COLUMNS = 9;

/**
 * A table of edits.
 *
 * @param visible the rows of a long table; without it every edit is a row
 */
export function editTable(edits, visible = null) {
  const row = (edit, number) => html`<tr aria-rowindex=${number + 1}><td class="nowrap">${time(edit.created_at)}</td>
      <td><a class="mono" href="#/edits/${edit.id}" title=${edit.id}>${edit.id.slice(0, 14)}…</a></td><td class="cut" title=${edit.group}>${edit.group}</td>
      <td class="mono" title=${edit.key}>${edit.key.slice(0, 12)}</td><td class="nowrap">${edit.model}</td><td>${badge(edit.state)}</td>
      <td class="right nowrap">${edit.images_delivered} / ${edit.images_asked}</td><td class="right nowrap">${money(edit.held, edit.currency)}</td>
      <td class="right nowrap">${edit.state === 'settled' ? money(edit.settled, edit.currency) : '–'}</td></tr>`;
  return html`<div class="scroll"><table class="edits" id=${visible ? 'edits' : nothing} aria-rowcount=${edits.length + 1}><thead><tr aria-rowindex="1"><th>${text('edit.time')}</th>
      <th>${text('edit.id')}</th><th>${text('group')}</th><th>${text('key')}</th><th>${text('parameter.model')}</th><th>${text('edit.state')}</th>
      <th class="right">${text('edit.images')}</th><th class="right">${text('edit.held')}</th><th class="right">${text('results.cost')}</th></tr></thead>
    <tbody>${visible ? visible.of(edits, COLUMNS, row) : edits.map((edit, at) => row(edit, at + 1))}</tbody></table></div>`;
}

export function editScreen(id) {
  const pictures = thumbnails();
  const load = async polled => {
    const edit = await get(`edits/${encodeURIComponent(id)}`, polled);
    await pictures.load(edit, polled);
    return edit;
  };
  return {live: true, open: () => pictures.close, load, render: edit => detail(edit, pictures)};
}

function detail(edit, pictures) {
  const row = (label, value) => html`<dt>${label}</dt><dd>${value}</dd>`;
  return html`<h1 class="mono" id="edit-id">${edit.id}</h1>
    <div class="columns">
      <section class="card"><div class="head"><h2>${text('edit.facts')}</h2><span class="end">${badge(edit.state)}</span></div><dl class="body">
        ${row(text('group'), html`<a href="#/groups/${encodeURIComponent(edit.group)}">${edit.group}</a>`)}
        ${row(text('key'), html`<a class="mono" href="#/edits?key=${edit.key}">${edit.key}</a>`)}
        ${edit.upstream_request_id ? row(text('edit.upstreamId'), html`<span class="mono" id="upstream-id">${edit.upstream_request_id}</span>`) : nothing}
        ${row(text('parameter.model'), edit.model)}${row(text('edit.time'), time(edit.created_at))}${row(text('edit.decided'), time(edit.decided_at))}
        ${row(text('edit.images'), `${edit.images_delivered} / ${edit.images_asked}`)}${row(text('edit.prices'), edit.price_version)}
        ${row(text('edit.held'), money(edit.held, edit.currency))}
        ${row(text('results.cost'), edit.state === 'settled' ? money(edit.settled, edit.currency) : '–')}
        ${refunded(edit) > 0 ? row(text('edit.refunded'), money(edit.refunded, edit.currency)) : nothing}
        ${edit.note ? row(text('edit.note'), noteText(edit.note)) : nothing}</dl>
        <p class="note ${edit.state === 'undecided' ? 'warn' : ''}" id="explanation">${text(`explain.${edit.state}`, {held: money(edit.held, edit.currency)})}</p>${actions(edit)}</section>
      ${run(edit)}
      <section class="card"><div class="head"><h2>${text('results.tokens')}</h2></div>${tokens(edit, row)}</section>
    </div>
    ${attempts(edit)}${sent(edit)}
    ${content(edit, pictures)}
    <section class="card"><div class="head"><h2>${text('edit.transfers')}</h2></div>
      ${edit.transfers.length === 0 ? html`<p class="body soft">${text('edit.free')}</p>` : transferTable(edit.transfers, false, edit.currency)}</section>
    ${decisions(edit)}`;
}

/** The tokens by kind that were reported. */
function tokens(edit, row) {
  const known = Object.entries(edit.tokens).filter(([, count]) => count > 0);
  return known.length === 0 ? html`<p class="body soft">${text('tokens.none')}</p>`
    : html`<dl class="body">${known.map(([kind, count]) => row(text(`tokens.${kind}`), number(count)))}</dl>`;
}

const refunded = edit => Number(edit.refunded ?? 0);

/** What an administrator may decide: an undecided edit is settled or released, a settled one is refunded. */
function actions(edit) {
  const button = name => html`<button type="button" class="small" id=${name} @click=${() => openDialog(`${name}-dialog`)}>${text(`edit.${name}`)}</button>`;
  if (edit.state === 'undecided') return html`<div class="row body">${button('settle')}${button('release')}</div>`;
  return edit.state === 'settled' && Number(edit.settled) > refunded(edit) ? html`<div class="row body">${button('refund')}</div>` : nothing;
}

function decisions(edit) {
  const send = name => given => change(() => book(`edits/${edit.id}/${name}`, Object.fromEntries(Object.entries(given).filter(([, value]) => value))));
  const note = ['note', {maxlength: 200}];
  const form = (name, fields) => dialog(`${name}-dialog`, text(`edit.${name}`), fields, send(name));
  if (edit.state === 'undecided') return html`${form('settle', [['amount', {inputmode: 'decimal', value: edit.held}], note])}${form('release', [note])}`;
  return form('refund', [['amount', {inputmode: 'decimal', value: refunded(edit) > 0 ? '' : edit.settled}], note]);
}
