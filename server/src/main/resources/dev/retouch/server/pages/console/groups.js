// Groups and keys: budgets, limits, retention, new keys and funding.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin, get} from './admin.js';
import {dialog, openDialog} from './dialog.js';
import {budgetBar} from '../shared/format.js';
import {expiry, issuedKey, keyTable} from './keys.js';
import {book} from './operations.js';
import {change, refresh} from './screen.js';

const RETAIN = ['none', 'metadata', 'content'];
const LIMITS = ['concurrent_edits', 'requests_per_minute', 'images_per_minute'];
/** Those that can be changed: how edits wait for a slot counts only with a concurrency limit. */
const CHANGEABLE = ['concurrent_edits', 'queue', 'queue_wait_seconds', 'requests_per_minute', 'images_per_minute'];
const LEAST = {queue: 0, queue_wait_seconds: 0};

export function groupsScreen() {
  return {live: true, load: polled => get('groups', polled), render: list};
}

function list({data: groups}) {
  const create = given => change(async () => {
    await admin('POST', 'groups', {name: given.name, ...(given.budget ? {budget: given.budget} : {}), limits: limitsOf(given)});
  });
  return html`<div class="title"><h1>${text('console.groups')}</h1>
      <button type="button" class="primary" id="new-group" @click=${() => openDialog('group-dialog')}>${text('groups.new')}</button></div>
    <section class="card">${groups.length === 0 ? html`<p class="body soft">${text('groups.none')}</p>` : html`<div class="scroll"><table>
      <thead><tr><th>${text('group')}</th><th>${text('budget')}</th><th>${text('groups.models')}</th><th>${text('groups.limits')}</th></tr></thead>
      <tbody>${groups.map(group => html`<tr><td class="cut" title=${group.name}><a href="#/groups/${encodeURIComponent(group.name)}">${group.name}</a></td><td>${budgetBar(group.budget)}</td>
        <td class="cut" title=${group.models.join(', ')}>${group.models.length === 0 ? text('filter.all') : group.models.join(', ')}</td><td class="limits">${limits(group.limits)}</td></tr>`)}</tbody></table></div>`}</section>
    ${dialog('group-dialog', text('groups.new'), [['name', {required: true}], ['budget', {inputmode: 'decimal'}], ...LIMITS.map(number)], create)}`;
}

const number = name => [name, {type: 'number', min: LEAST[name] ?? 1}];

function limitsOf(given) {
  return Object.fromEntries(CHANGEABLE.filter(name => given[name]).map(name => [name, Number(given[name])]));
}

/** The limits of a key or of a group in words. */
export function limits(values) {
  const known = CHANGEABLE.filter(name => values[name] !== undefined);
  return known.length === 0 ? html`<span class="soft">${text('groups.unlimited')}</span>` : known.map(name => `${text(`field.${name}`)}: ${values[name]}`).join(', ');
}

export function groupScreen(name) {
  const path = `groups/${encodeURIComponent(name)}`;
  const state = {issued: null, selected: null};
  const load = async polled => {
    const [group, keys] = await Promise.all([get(path, polled), get(`keys?group=${encodeURIComponent(name)}`, polled)]);
    return {group, keys: keys.data};
  };
  return {live: true, load, render: data => detail(path, state, data)};
}

function detail(path, state, {group, keys}) {
  const issue = given => change(async () => {
    state.issued = await admin('POST', 'keys', {group: group.name, label: given.label, ...(given.budget ? {budget: given.budget} : {}), ...expiry(given),
      limits: limitsOf(given)});
  });
  const rotate = given => change(async () => {
    state.issued = await admin('POST', `keys/${state.selected}/rotate`, {grace_seconds: Math.round(Number(given.grace || 0) * 3600)});
  });
  const fund = given => change(() => book(`${state.selected ? `keys/${state.selected}` : path}/budget`, {amount: given.amount, note: given.note}));
  const limited = state.selected ? keys.find(key => key.id === state.selected) ?? group : group;
  const setLimits = given => change(() => admin('PATCH', state.selected ? `keys/${state.selected}` : path, {limits: limitsOf(given)}));
  const setRetention = given => change(() => admin('PATCH', path, {retain: given.retain, ...(given.retain_days ? {retain_days: Number(given.retain_days)} : {})}));
  const ask = (name, key) => {
    state.selected = key;
    refresh(); // its values are in the dialog before that opens
    openDialog(name);
  };
  return html`<div class="title"><h1>${group.name}</h1>
      <span class="row"><a class="button" href="#/edits?group=${encodeURIComponent(group.name)}">${text('console.edits')}</a>
      <button type="button" id="fund" @click=${() => ask('fund-dialog', null)}>${text('groups.fund')}</button>
      <button type="button" id="limits" @click=${() => ask('limits-dialog', null)}>${text('groups.limits')}</button>
      <button type="button" id="retention" @click=${() => openDialog('retention-dialog')}>${text('groups.retention')}</button>
      <button type="button" class="primary" id="new-key" @click=${() => openDialog('key-dialog')}>${text('keys.new')}</button></span></div>
    <section class="card"><dl class="body"><dt>${text('budget')}</dt><dd id="group-budget">${budgetBar(group.budget)}</dd>
      <dt>${text('groups.limits')}</dt><dd id="group-limits">${limits(group.limits)}</dd>
      <dt>${text('groups.models')}</dt><dd>${group.models.length === 0 ? text('filter.all') : group.models.join(', ')}</dd>
      <dt>${text('groups.retention')}</dt><dd id="group-retention">${retention(group)}</dd></dl></section>
    ${state.issued ? issuedKey(state) : nothing}
    <section class="card"><div class="head"><h2>${text('apiKeys')}</h2></div>
      ${keys.length === 0 ? html`<p class="body soft">${text('keys.none')}</p>` : keyTable(keys, ask, limits)}</section>
    ${dialog('key-dialog', text('keys.new'), [['label', {}], ['budget', {inputmode: 'decimal'}], ['expires', {type: 'date'}], ...LIMITS.map(number)], issue)}
    ${dialog('rotate-dialog', text('keys.rotate'), [['grace', {type: 'number', min: 0, max: 2160, value: 24}]], rotate, text('keys.rotateNote'))}
    ${dialog('fund-dialog', text('groups.fund'), [['amount', {required: true, inputmode: 'decimal'}], ['note', {maxlength: 200}]], fund)}
    ${dialog('limits-dialog', limitsTitle(limited), CHANGEABLE.map(each => [each, {type: 'number', min: LEAST[each] ?? 1, value: limited.limits[each] ?? ''}]), setLimits, text('limits.note'))}
    ${dialog('retention-dialog', text('groups.retention'), [['retain', {options: RETAIN.map(mode => [mode, text(`retain.${mode}`)]), value: group.retain}],
    ['retain_days', {type: 'number', min: 1, max: 365, value: group.retain_days}]], setRetention, text('retain.note'))}`;
}

const limitsTitle = owner => text('limits.of', {owner: owner.name ?? (owner.label || owner.id)});

const retention = ({retain, retain_days: days}) => retain === 'none' ? html`<span class="soft">${text('retain.none')}</span>`
  : text('retain.days', {what: text(`retain.${retain}`), days});
