// A form in a dialog, with a field for each value that a change takes.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';

export function openDialog(id) {
  const opened = document.getElementById(id);
  opened.querySelector('form').reset();
  opened.showModal();
}

/**
 * @param fields name and attributes of each field; one with `options` is a choice of `[value, label]`
 * @param submit receives the values when the dialog closes
 * @param note what the user should know before; none if it is empty
 */
export function dialog(id, title, fields, submit, note = '') {
  const send = async event => {
    event.preventDefault();
    const element = event.target.closest('dialog');
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    element.close();
    await submit(given);
  };
  const choice = ([name, {options, value}]) => html`<div class="field"><label for="${id}-${name}">${text(`field.${name}`)}</label>
    <select id="${id}-${name}" name=${name}>${options.map(([each, label]) => html`<option value=${each} ?selected=${each === value}>${label}</option>`)}</select></div>`;
  const input = ([name, {type = 'text', required = false, min, max, maxlength, inputmode, value}]) => html`<div class="field"><label for="${id}-${name}">${text(`field.${name}`)}</label>
    <input id="${id}-${name}" name=${name} type=${type} ?required=${required} min=${min ?? nothing} max=${max ?? nothing} maxlength=${maxlength ?? nothing}
      inputmode=${inputmode ?? nothing} value=${value ?? nothing} autocomplete="off"></div>`;
  const field = each => each[1].options ? choice(each) : input(each);
  return html`<dialog id=${id} aria-labelledby="${id}-title"><form @submit=${send}><h2 id="${id}-title">${title}</h2>${fields.map(field)}
    ${note ? html`<p class="note">${note}</p>` : nothing}
    <div class="row"><button class="primary">${text('dialog.save')}</button>
      <button type="button" @click=${event => event.target.closest('dialog').close()}>${text('dialog.cancel')}</button></div></form></dialog>`;
}
