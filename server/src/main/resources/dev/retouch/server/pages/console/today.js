// Today: the budgets of the groups, today's edits, the upstreams, and undecided edits.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {editTable} from './edits.js';
import {badge, budgetBar, money, number} from '../shared/format.js';

export function todayScreen() {
  return {live: true, load, render};
}

async function load(polled) {
  const day = new Date().toISOString().slice(0, 10);
  const [groups, usage, upstreams, undecided] = await Promise.all([get('groups', polled),
    get(`usage?start=${day}&end=${day}&group_by=group`, polled), get('upstreams', polled), get('edits?state=undecided', polled)]);
  return {groups: groups.data, usage, upstreams: upstreams.data, undecided: undecided.data};
}

function render({groups, usage, upstreams, undecided}) {
  const {total, currency} = usage;
  const figure = (label, value) => html`<div class="card figure"><span class="soft">${label}</span><strong>${value}</strong></div>`;
  return html`<h1>${text('console.today')}</h1>
    <div class="figures">${figure(text('today.cost'), money(total.cost, currency))}${figure(text('today.held'), money(total.held, currency))}
      ${figure(text('today.edits'), number(total.edits))}${figure(text('today.undecided'), number(total.undecided))}</div>
    <section class="card"><div class="head"><h2>${text('console.upstreams')}</h2></div>
      <ul class="lamps">${upstreams.map(upstream => html`<li>${badge(upstream.state)} <a href="#/upstreams">${upstream.name}</a>
        <span class="soft">${text('upstream.inFlight', {count: upstream.in_flight})}</span></li>`)}</ul></section>
    <section class="card"><div class="head"><h2>${text('console.groups')}</h2></div>
      <div class="scroll"><table><thead><tr><th>${text('group')}</th><th>${text('budget')}</th><th class="right">${text('today.cost')}</th>
        <th class="right">${text('today.edits')}</th></tr></thead>
      <tbody>${groups.map(group => {
    const row = usage.data.find(each => each.group === group.name);
    return html`<tr><td><a href="#/groups/${encodeURIComponent(group.name)}">${group.name}</a></td><td>${budgetBar(group.budget)}</td>
        <td class="right">${row ? money(row.cost, currency) : '–'}</td><td class="right">${row ? number(row.edits) : '–'}</td></tr>`;
  })}</tbody></table></div></section>
    ${undecided.length > 0 ? html`<section class="card"><div class="head"><h2>${text('today.undecidedEdits')}</h2></div>${editTable(undecided)}</section>` : nothing}`;
}
