// The sections of the page of an API key.
import {badge, money, number, time} from '/shared/format.js';
import {text} from '/shared/language.js';
import {html, nothing} from '/shared/lit.js';

const LIMITS = ['concurrent_edits', 'requests_per_minute', 'images_per_minute'];

/** What is left, what was spent, what running edits hold. */
export function figures({key, usage}) {
  const {currency, spent, held} = key.budget;
  const left = key.free ? text('ownKey.free') : key.available === undefined ? text('ownKey.unlimited') : money(key.available, currency);
  const figure = (id, label, value) => html`<div class="card figure"><span class="soft">${label}</span><strong id=${id}>${value}</strong></div>`;
  return html`<div class="figures">${figure('left', text('ownKey.left'), left)}${figure('spent', text('ownKey.spent'), money(spent, currency))}
    ${figure('held', text('today.held'), money(held, currency))}${figure('edits', text('ownKey.edits'), number(usage.total.edits))}</div>`;
}

/** The group and its models, and the limits of the API key within those of its group. */
export function limits(key) {
  const row = (label, value) => html`<dt>${label}</dt><dd>${value}</dd>`;
  const of = name => {
    const own = key.limits[name];
    const shared = key.group_limits[name];
    if (own === undefined && shared === undefined) return text('groups.unlimited');
    return [own === undefined ? null : number(own), shared === undefined ? null : text('ownKey.ofGroup', {limit: number(shared)})]
      .filter(Boolean).join(', ');
  };
  return html`<section class="card"><div class="head"><h2>${text('key')}</h2></div><dl class="body" id="limits">
    ${row(text('key'), html`<span class="mono">${key.prefix}…</span>`)}${row(text('group'), key.group)}
    ${row(text('groups.models'), key.models.length === 0 ? text('filter.all') : key.models.join(', '))}
    ${LIMITS.map(name => row(text(`field.${name}`), of(name)))}
    ${key.expires_at ? row(text('ownKey.expires'), time(key.expires_at)) : nothing}</dl></section>`;
}

/** The cost of each day as bars. */
export function usage({data, currency, start, end}, download) {
  const most = Math.max(...data.map(row => Number(row.cost)), 1e-9);
  return html`<section class="card"><div class="head"><h2>${text('ownKey.days', {start, end})}</h2>
      <span class="end"><button type="button" class="small" id="csv" @click=${download}>CSV</button></span></div>
    ${data.length === 0 ? html`<p class="body soft">${text('edits.none')}</p>` : html`<div class="scroll"><table id="days"><thead><tr><th>${text('ownKey.day')}</th>
      <th class="right">${text('console.edits')}</th><th class="right">${text('results.cost')}</th><th></th></tr></thead>
      <tbody>${data.map(row => html`<tr><td class="nowrap">${row.day}</td><td class="right">${number(row.edits)}</td>
        <td class="right nowrap">${money(row.cost, currency)}</td>
        <td><progress max=${most} value=${Number(row.cost)} aria-label=${text('ownKey.share', {day: row.day})}></progress></td></tr>`)}</tbody></table></div>`}</section>`;
}

/** The last edits with their charge. */
export function edits({data, has_more: hasMore}, more) {
  return html`<section class="card"><div class="head"><h2>${text('ownKey.last')}</h2></div>
    ${data.length === 0 ? html`<p class="body soft" id="no-edits">${text('edits.none')}</p>` : html`<div class="scroll"><table id="own-edits"><thead><tr>
      <th>${text('edit.time')}</th><th>${text('edit.id')}</th><th>${text('parameter.model')}</th><th>${text('edit.state')}</th>
      <th class="right">${text('edit.images')}</th><th class="right">${text('edit.held')}</th><th class="right">${text('results.cost')}</th></tr></thead>
      <tbody>${data.map(edit => html`<tr><td class="nowrap">${time(edit.created_at)}</td><td class="mono">${edit.id}</td><td>${edit.model}</td>
        <td>${badge(edit.state)}</td><td class="right">${edit.images_delivered} / ${edit.images_asked}</td>
        <td class="right nowrap">${money(edit.held, edit.currency)}</td>
        <td class="right nowrap">${edit.state === 'settled' ? money(edit.settled, edit.currency) : '–'}</td></tr>`)}</tbody></table></div>`}
    ${hasMore ? html`<p class="body"><button type="button" id="more" @click=${more}>${text('edits.more')}</button></p>` : nothing}</section>`;
}
