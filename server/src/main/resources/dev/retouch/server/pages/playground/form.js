// Prompt, model, the parameters that the chosen model takes, the price, and the button.
import {hasText, text} from '../shared/language.js';
import {html, live, nothing} from '../shared/lit.js';
import {runEdit} from './actions.js';
import {chosenModel} from './request.js';
import {changed, session} from './session.js';
import {customSize, problemOfSize, sizeOf} from './sizes.js';

/** Shown first; the rest is behind "more parameters". */
const FIRST = ['quality', 'n', 'output_format', 'stream', 'partial_images'];

export function formPanel() {
  const model = chosenModel();
  const submit = event => {
    event.preventDefault();
    runEdit();
  };
  const enter = event => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && runEdit();
  return html`<form class="card request" aria-label=${text('request')} @submit=${submit} @keydown=${enter} novalidate>
    <div class="body">
      ${field('prompt', html`<textarea id="prompt" rows="4" placeholder=${text('prompt.placeholder')} .value=${live(session.prompt)}
        maxlength=${model?.capabilities.max_prompt_characters ?? 32000} aria-describedby="error-prompt"
        @input=${event => set(() => session.prompt = event.target.value)}></textarea>`)}
      ${model ? parameterFields(model) : html`<p class="note">${text('key.missing')}</p>`}
    </div>
    <div class="foot">${price()}
      ${session.errors[''] ? html`<p class="note bad" id="error-general" role="alert">${session.errors['']}</p>` : nothing}
      ${session.run ? running() : html`<button class="primary wide" id="run" ?disabled=${!session.key}>${text('run')}</button>`}
    </div>
  </form>`;
}

function parameterFields(model) {
  const all = Object.entries(model.capabilities.parameters);
  const first = FIRST.map(name => all.find(([other]) => other === name)).filter(Boolean);
  const more = all.filter(([name]) => !FIRST.includes(name));
  const used = more.filter(([name]) => session.values[name] || session.errors[name]).length;
  return html`
    ${field('model', html`<select id="model" @change=${event => set(() => session.model = event.target.value)}>
      ${session.models.map(({id}) => html`<option value=${id} .selected=${id === model.id}>${id}</option>`)}</select>`,
    [model.capabilities.sunset ? html`<span class="soft">${text('model.sunset', {date: model.capabilities.sunset})}</span>` : nothing,
      model.capabilities.gateway?.mask ? html`<span class="soft">${text('model.mask')}</span>` : nothing])}
    <div class="grid">${size(model.capabilities.sizes)}${first.map(parameter)}</div>
    ${more.length > 0 ? html`<details ?open=${used > 0}><summary>${text('parameters.more')}</summary>
      <div class="grid">${more.map(parameter)}</div></details>` : nothing}`;
}

function field(name, control, extra = nothing) {
  const message = session.errors[name];
  const label = hasText(`parameter.${name}`) ? text(`parameter.${name}`) : name;
  return html`<div class="field ${message ? 'wrong' : ''}" data-parameter=${name}>
    <label for=${name}>${label}</label>${control}${extra}
    <span class="message" id="error-${name}" role=${message ? 'alert' : nothing}>${message ?? ''}</span></div>`;
}

function parameter([name, {values, minimum, maximum, default: standard}]) {
  const change = value => set(() => put(name, value));
  const value = session.values[name] ?? '';
  if (values?.length === 2 && values.includes('true')) {
    return html`<div class="field" data-parameter=${name}><span class="label">&nbsp;</span><label class="check"><input type="checkbox" id=${name}
      .checked=${live(value === 'true')} @change=${event => change(event.target.checked ? 'true' : '')}>${text(`parameter.${name}`)}</label></div>`;
  }
  if (values) {
    return field(name, html`<select id=${name} aria-describedby="error-${name}" @change=${event => change(event.target.value)}>
      <option value="" .selected=${value === ''}>${standard ? text('parameter.standard', {value: standard}) : text('parameter.none')}</option>
      ${values.filter(one => one !== standard).map(one => html`<option value=${one} .selected=${one === value}>${one}</option>`)}</select>`);
  }
  if (maximum !== undefined) {
    return field(name, html`<input type="number" id=${name} min=${minimum} max=${maximum} placeholder=${standard ?? ''} aria-describedby="error-${name}"
      .value=${live(value)} @input=${event => change(event.target.value)}>`);
  }
  return field(name, html`<input type="text" id=${name} aria-describedby="error-${name}" .value=${live(value)} @input=${event => change(event.target.value)}>`);
}

function size(sizes) {
  const value = session.values.size ?? '';
  const custom = customSize(value, sizes);
  const choose = event => set(() => put('size', event.target.value === 'custom' ? '1024x1024 ' : event.target.value));
  const edge = position => event => set(() => {
    const edges = sizeOf(value) ?? ['', ''];
    edges[position] = event.target.value;
    put('size', `${edges.join('x')} `);
  });
  const problem = custom ? problemOfSize(value, sizes.flexible) : null;
  const [width, height] = sizeOf(value) ?? ['', ''];
  return html`${field('size', html`<select id="size" aria-describedby="error-size" @change=${choose}>
    <option value="" .selected=${value === ''}>${sizes.default ? text('parameter.standard', {value: sizes.default}) : text('parameter.none')}</option>
    ${sizes.values.filter(one => one !== sizes.default).map(one => html`<option value=${one} .selected=${one === value}>${one.replace('x', ' × ')}</option>`)}
    ${sizes.flexible ? html`<option value="custom" .selected=${custom}>${text('size.custom')}</option>` : nothing}</select>`)}
  ${custom ? html`<div class="field ${problem ? 'wrong' : ''}"><span class="label">${text('size.edges')}</span>
    <div class="edges"><input type="number" id="size-width" aria-label=${text('size.width')} step=${sizes.flexible.edge_multiple} .value=${live(width)} @input=${edge(0)}>
      <span>×</span><input type="number" id="size-height" aria-label=${text('size.height')} step=${sizes.flexible.edge_multiple} .value=${live(height)} @input=${edge(1)}></div>
    <span class="message" id="size-problem">${problem ?? ''}</span></div>` : nothing}`;
}

function put(name, value) {
  delete session.errors[name];
  if (value === '') delete session.values[name];
  else session.values[name] = value;
}

function set(change) {
  change();
  changed();
}

/** The price tag: what the gateway quotes, and what the last edit cost. Its lines stay, so that the button does not move. */
function price() {
  const {quote, results: [last]} = session;
  const range = quote && (quote.minimum === quote.maximum ? quote.maximum : `${quote.minimum} – ${quote.maximum}`);
  return html`<div class="price">
    <div><span class="soft">${text('price')}</span>
      <strong id="price">${range ? `${range} ${quote.currency}` : '–'}</strong></div>
    <div><span class="soft">${text('price.last')}</span><strong id="cost">${last?.cost ?? '–'}</strong></div>
    ${quote && !quote.covered ? html`<p class="note warn">${text('price.uncovered')}</p>` : nothing}
    ${session.sandbox ? html`<p class="note good">${text('price.sandbox')}</p>` : nothing}
  </div>`;
}

function running() {
  return html`<div class="row running"><span class="spinner" aria-hidden="true"></span><span role="status">${text('run.running')}</span>
    <button type="button" class="small" id="cancel" @click=${() => session.run.call?.abort()}>${text('run.cancel')}</button></div>`;
}
