// Which upstreams serve which models, and in which order the groups use them.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {badge} from '../shared/format.js';

/** The names that a cell shows; the others are counted. */
const SHOWN = 3;

/** The upstreams that a group uses, in the order in which they are tried. Those of the same priority share edits by weight. */
function used(group, upstreams) {
  const named = group.upstreams.length > 0;
  return upstreams.filter(({name, by_default: usual}) => named ? group.upstreams.includes(name) : usual)
    .sort((one, other) => one.priority - other.priority || other.weight - one.weight);
}

const mayUse = (group, model) => group.models.length === 0 || group.models.includes(model);

function names(list) {
  if (list.length === 0) return html`<span class="soft">${text('matrix.noGroup')}</span>`;
  const shown = list.slice(0, SHOWN).join(', ');
  return html`<span title=${list.join(', ')}>${list.length > SHOWN ? text('matrix.more', {names: shown, count: list.length - SHOWN}) : shown}</span>`;
}

/** A row for each model and a column for each upstream. */
export function matrix(upstreams, groups) {
  const models = [...new Set(upstreams.flatMap(upstream => upstream.models ?? []))].sort();
  const cell = (model, upstream) => {
    if (!upstream.models.includes(model)) return html`<td class="soft"><span aria-hidden="true">–</span><span class="visually-hidden">${text('matrix.notServed')}</span></td>`;
    const by = groups.filter(group => mayUse(group, model) && used(group, upstreams).includes(upstream)).map(({name}) => name);
    return html`<td><span class="served" aria-hidden="true">✓</span> ${text('matrix.priority', {priority: upstream.priority})}<br><span class="groups">${names(by)}</span></td>`;
  };
  return html`<section class="card" id="matrix"><div class="head"><h2>${text('matrix.title')}</h2></div>
    <div class="scroll" tabindex="0" role="region" aria-label=${text('matrix.title')}><table class="matrix"><thead><tr><th>${text('parameter.model')}</th>
      ${upstreams.map(upstream => html`<th scope="col"><span class="row">${upstream.name} ${badge(upstream.state)}</span></th>`)}</tr></thead>
    <tbody>${models.map(model => html`<tr><th scope="row">${model}</th>${upstreams.map(upstream => cell(model, upstream))}</tr>`)}</tbody></table></div></section>`;
}

/** The orders of upstreams, each with the groups that have it. */
export function orders(upstreams, groups) {
  if (groups.length === 0) return nothing;
  const found = new Map();
  groups.forEach(group => {
    const key = used(group, upstreams).map(({name}) => name).join('\n');
    found.set(key, [...found.get(key) ?? [], group]);
  });
  return html`<section class="card" id="orders"><div class="head"><h2>${text('matrix.orders')}</h2></div><div class="scroll"><table>
    <thead><tr><th>${text('console.groups')}</th><th>${text('matrix.order')}</th></tr></thead>
    <tbody>${[...found.values()].map(same => html`<tr><td>${same.slice(0, 2 * SHOWN).map(({name}, at) => html`${at > 0 ? ', ' : nothing}<a href="#/groups/${encodeURIComponent(name)}">${name}</a>`)}
        ${same.length > 2 * SHOWN ? html`<span class="soft">${text('matrix.others', {count: same.length - 2 * SHOWN})}</span>` : nothing}</td>
      <td>${steps(used(same[0], upstreams))}</td></tr>`)}</tbody></table></div></section>`;
}

function steps(list) {
  if (list.length === 0) return html`<span class="soft">${text('matrix.noUpstream')}</span>`;
  const priorities = [...new Set(list.map(({priority}) => priority))];
  return html`<ol class="steps">${priorities.map(priority => {
    const same = list.filter(each => each.priority === priority);
    return html`<li>${same.map((each, at) => html`${at > 0 ? ' + ' : nothing}${each.name}${same.length > 1 ? html` <span class="soft">×${each.weight}</span>` : nothing}`)}</li>`;
  })}</ol>`;
}
