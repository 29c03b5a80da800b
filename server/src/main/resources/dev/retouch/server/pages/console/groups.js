// Groups and keys: budgets, limits, new keys, funding, disabling and revoking.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin, get} from './admin.js';
import {dialog, openDialog} from './dialog.js';
import {badge, budgetBar, time} from '../shared/format.js';
import {book} from './operations.js';
import {change, refresh} from './screen.js';

const RETAIN = ['none', 'metadata', 'content'];
const LIMITS = ['concurrent_edits', 'requests_per_minute', 'images_per_minute'];

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

const number = name => [name, {type: 'number', min: 1}];

function limitsOf(given) {
  return Object.fromEntries(LIMITS.filter(name => given[name]).map(name => [name, Number(given[name])]));
}

function limits(values) {
  const known = LIMITS.filter(name => values[name] !== undefined);
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
  const setLimits = given => change(() => admin('PATCH', path, {limits: {...group.limits, ...Object.fromEntries(LIMITS.map(each => [each, undefined])), ...limitsOf(given)}}));
  const setRetention = given => change(() => admin('PATCH', path, {retain: given.retain, ...(given.retain_days ? {retain_days: Number(given.retain_days)} : {})}));
  const ask = (name, key) => {
    state.selected = key;
    openDialog(name);
  };
  return html`<div class="title"><h1>${group.name}</h1>
      <span class="row"><a class="button" href="#/edits?group=${encodeURIComponent(group.name)}">${text('console.edits')}</a>
      <button type="button" id="fund" @click=${() => ask('fund-dialog', null)}>${text('groups.fund')}</button>
      <button type="button" id="limits" @click=${() => openDialog('limits-dialog')}>${text('groups.limits')}</button>
      <button type="button" id="retention" @click=${() => openDialog('retention-dialog')}>${text('groups.retention')}</button>
      <button type="button" class="primary" id="new-key" @click=${() => openDialog('key-dialog')}>${text('keys.new')}</button></span></div>
    <section class="card"><dl class="body"><dt>${text('budget')}</dt><dd id="group-budget">${budgetBar(group.budget)}</dd>
      <dt>${text('groups.limits')}</dt><dd>${limits(group.limits)}</dd>
      <dt>${text('groups.models')}</dt><dd>${group.models.length === 0 ? text('filter.all') : group.models.join(', ')}</dd>
      <dt>${text('groups.retention')}</dt><dd id="group-retention">${retention(group)}</dd></dl></section>
    ${state.issued ? secret(state) : nothing}
    <section class="card"><div class="head"><h2>${text('apiKeys')}</h2></div>
      ${keys.length === 0 ? html`<p class="body soft">${text('keys.none')}</p>` : html`<div class="scroll"><table id="keys-table"><thead><tr><th>${text('key')}</th><th>${text('field.label')}</th>
        <th>${text('edit.state')}</th><th>${text('budget')}</th><th>${text('keys.lastUsed')}</th><th>${text('ownKey.expires')}</th><th></th></tr></thead>
      <tbody>${keys.map(key => row(key, ask))}</tbody></table></div>`}</section>
    ${dialog('key-dialog', text('keys.new'), [['label', {}], ['budget', {inputmode: 'decimal'}], ['expires', {type: 'date'}], ...LIMITS.map(number)], issue)}
    ${dialog('rotate-dialog', text('keys.rotate'), [['grace', {type: 'number', min: 0, max: 2160, value: 24}]], rotate, text('keys.rotateNote'))}
    ${dialog('fund-dialog', text('groups.fund'), [['amount', {required: true, inputmode: 'decimal'}], ['note', {maxlength: 200}]], fund)}
    ${dialog('limits-dialog', text('groups.limits'), LIMITS.map(each => [each, {type: 'number', min: 1, value: group.limits[each] ?? ''}]), setLimits)}
    ${dialog('retention-dialog', text('groups.retention'), [['retain', {options: RETAIN.map(mode => [mode, text(`retain.${mode}`)]), value: group.retain}],
    ['retain_days', {type: 'number', min: 1, max: 365, value: group.retain_days}]], setRetention, text('retain.note'))}`;
}

const retention = ({retain, retain_days: days}) => retain === 'none' ? html`<span class="soft">${text('retain.none')}</span>`
  : text('retain.days', {what: text(`retain.${retain}`), days});

/** The secret of a new key: shown until it is dismissed, and never again. */
function secret(state) {
  const dismiss = () => {
    state.issued = null;
    refresh();
  };
  return html`<section class="card issued" role="status"><div class="body"><h2>${text('keys.secret')}</h2>
    <p><code id="secret">${state.issued.secret}</code></p>
    <pre>curl ${location.origin}/v1/images/edits \\
  -H "Authorization: Bearer ${state.issued.secret}" \\
  -F image=@input.png -F prompt='a red balloon'</pre>
    <button type="button" id="dismiss" @click=${dismiss}>${text('keys.copied')}</button></div></section>`;
}

function stateOf(key) {
  if (key.revoked_at) return 'revoked';
  if (key.disabled) return 'disabled';
  return key.expires_at && key.expires_at * 1000 < Date.now() ? 'expired' : 'active';
}

/** The end of a day of the browser's time as the expiry of a key; nothing without a day. */
function expiry({expires}) {
  if (!expires) return {};
  const [year, month, day] = expires.split('-').map(Number);
  return {expires_at: new Date(year, month - 1, day + 1).getTime() / 1000 - 1};
}

function row(key, ask) {
  const disable = () => change(() => admin('PATCH', `keys/${key.id}`, {disabled: !key.disabled}));
  const revoke = () => change(async () => {
    const running = await get(`edits?key=${key.account ?? key.id}&state=held&limit=100`);
    const count = running.has_more ? '100+' : running.data.length;
    if (confirm(text('keys.confirm', {key: key.label || key.id, count}))) await admin('DELETE', `keys/${key.id}`);
  });
  return html`<tr data-key=${key.id}><td><a class="mono" href="#/edits?key=${key.account ?? key.id}">${key.id}</a><br><span class="mono soft">${key.prefix}…</span></td>
    <td class="cut" title=${key.label}>${key.label}</td><td>${badge(stateOf(key))}</td><td>${budgetBar(key.budget)}</td><td class="nowrap">${time(key.last_used_at)}</td><td class="nowrap">${time(key.expires_at)}</td>
    <td class="right">${key.revoked_at ? nothing : html`<span class="row">
      <button type="button" class="small" @click=${() => ask('fund-dialog', key.id)}>${text('groups.fund')}</button>
      ${stateOf(key) === 'active' ? html`<button type="button" class="small rotate" @click=${() => ask('rotate-dialog', key.id)}>${text('keys.rotate')}</button>` : nothing}
      <button type="button" class="small" @click=${disable}>${text(key.disabled ? 'keys.enable' : 'keys.disable')}</button>
      <button type="button" class="small revoke" @click=${revoke}>${text('keys.revoke')}</button></span>`}</td></tr>`;
}
