// The API keys of a group: what each may do, its limits, and what is done with it; and a new key with code that uses it.
import {badge, budgetBar, time} from '../shared/format.js';
import {code, languages} from '../shared/code.js';
import {copy} from '../shared/copy.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin, get} from './admin.js';
import {change, refresh} from './screen.js';

/** The first edit of a new key, in the language that was chosen last. */
const snippet = {language: 'curl'};

/** The secret of a new key: shown until it is dismissed, and never again. The code reads it from a variable, so that it can be shared. */
export function issuedKey(state) {
  const {secret} = state.issued;
  const dismiss = () => {
    state.issued = null;
    refresh();
  };
  const choose = event => {
    snippet.language = event.target.value;
    refresh();
  };
  const variable = `export RETOUCH_KEY=${secret}`;
  const example = code(snippet.language, {inputs: ['input.png'], prompt: text('start.prompt'), values: {}, name: 'result.png'}).trim();
  const copied = (id, value) => html`<button type="button" class="small" id=${id} @click=${event => copy(value, event.currentTarget)}>${text('keys.copy')}</button>`;
  return html`<section class="card issued" role="status"><div class="body"><h2>${text('keys.secret')}</h2>
    <p class="row"><code id="secret">${secret}</code>${copied('copy-secret', secret)}</p>
    <div class="title"><label for="snippet-language">${text('keys.example')}</label><span class="row">
      <select class="choice" id="snippet-language" @change=${choose}>
        ${Object.entries(languages).map(([id, name]) => html`<option value=${id} ?selected=${id === snippet.language}>${name}</option>`)}</select>
      ${copied('copy-snippet', example)}</span></div>
    <pre class="code" tabindex="0" id="variable" aria-label=${text('keys.variable')}>${variable}</pre>
    <pre class="code" tabindex="0" id="snippet" aria-label=${text('keys.example')}>${example}</pre>
    <p><button type="button" id="dismiss" @click=${dismiss}>${text('keys.copied')}</button></p></div></section>`;
}

function stateOf(key) {
  if (key.revoked_at) return 'revoked';
  if (key.disabled) return 'disabled';
  return key.expires_at && key.expires_at * 1000 < Date.now() ? 'expired' : 'active';
}

/** The end of a day of the browser's time as the expiry of a key; nothing without a day. */
export function expiry({expires}) {
  if (!expires) return {};
  const [year, month, day] = expires.split('-').map(Number);
  return {expires_at: new Date(year, month - 1, day + 1).getTime() / 1000 - 1};
}

/**
 * The keys of a group.
 *
 * @param ask opens a dialog for a key, given their ids
 * @param limits says limits in words
 */
export function keyTable(keys, ask, limits) {
  return html`<div class="scroll"><table id="keys-table"><thead><tr><th>${text('key')}</th><th>${text('field.label')}</th><th>${text('edit.state')}</th>
      <th>${text('budget')}</th><th>${text('groups.limits')}</th><th>${text('keys.lastUsed')}</th><th>${text('ownKey.expires')}</th><th><span class="visually-hidden">${text('keys.actions')}</span></th></tr></thead>
    <tbody>${keys.map(key => row(key, ask, limits))}</tbody></table></div>`;
}

function row(key, ask, limits) {
  const disable = () => change(() => admin('PATCH', `keys/${key.id}`, {disabled: !key.disabled}));
  const revoke = () => change(async () => {
    const running = await get(`edits?key=${key.account ?? key.id}&state=held&limit=100`);
    const count = running.has_more ? '100+' : running.data.length;
    if (confirm(text('keys.confirm', {key: key.label || key.id, count}))) await admin('DELETE', `keys/${key.id}`);
  });
  return html`<tr data-key=${key.id}><td><a class="mono" href="#/edits?key=${key.account ?? key.id}">${key.id}</a><br><span class="mono soft">${key.prefix}…</span></td>
    <td class="cut" title=${key.label}>${key.label}</td><td>${badge(stateOf(key))}</td><td class="budget">${budgetBar(key.budget)}</td><td class="limits">${limits(key.limits)}</td><td class="nowrap">${time(key.last_used_at)}</td><td class="nowrap">${time(key.expires_at)}</td>
    <td class="right">${key.revoked_at ? nothing : html`<span class="row">
      <button type="button" class="small" @click=${() => ask('fund-dialog', key.id)}>${text('groups.fund')}</button>
      <button type="button" class="small limit" @click=${() => ask('limits-dialog', key.id)}>${text('keys.limits')}</button>
      ${stateOf(key) === 'active' ? html`<button type="button" class="small rotate" @click=${() => ask('rotate-dialog', key.id)}>${text('keys.rotate')}</button>` : nothing}
      <button type="button" class="small" @click=${disable}>${text(key.disabled ? 'keys.enable' : 'keys.disable')}</button>
      <button type="button" class="small revoke" @click=${revoke}>${text('keys.revoke')}</button></span>`}</td></tr>`;
}
