// The API key: the sandbox's is filled in, any other is typed and stays in the memory of the tab.
import {text} from '../shared/language.js';
import {html} from '../shared/lit.js';
import {useKey} from './actions.js';
import {changed, session} from './session.js';

let open = false;

export function keyPanel() {
  if (session.key && !open) {
    return html`<span id="key-note">${text(session.sandbox ? 'key.sandbox' : 'key.own')}</span>
      <button type="button" class="small on-bar" @click=${() => show(true)}>${text('key.change')}</button>`;
  }
  const submit = async event => {
    event.preventDefault();
    const value = new FormData(event.target).get('key').trim();
    if (!value) return;
    await useKey(value, false);
    if (!session.keyRefused) show(false);
  };
  return html`<form class="key" @submit=${submit}>
    <label class="visually-hidden" for="key">${text('key')}</label>
    <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" placeholder=${text('key.placeholder')}
      aria-describedby="key-problem">
    <button type="submit" class="small on-bar">${text('key.use')}</button>
    <span id="key-problem" role="status">${session.keyRefused ?? ''}</span>
  </form>`;
}

function show(value) {
  open = value;
  session.keyRefused = null;
  changed();
}
