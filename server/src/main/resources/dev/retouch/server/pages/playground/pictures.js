// The input images: dropped, pasted or chosen; in order; the first one has the mask.
import {text} from '../shared/language.js';
import {html, nothing, repeat} from '../shared/lit.js';
import {chosenModel} from './request.js';
import {addAddress, addPictures, changed, movePicture, removePicture, session, takeBackInput} from './session.js';

let dragged = null;
let addressProblem = null;

function submitAddress(event) {
  event.preventDefault();
  const value = new FormData(event.target).get('address').trim();
  const valid = /^https?:\/\/[^/\s]+/i.test(value) && URL.canParse(value);
  addressProblem = valid ? null : text('pictures.wrongAddress');
  if (valid) {
    event.target.reset();
    addAddress(new URL(value).href);
  } else {
    changed();
  }
}

export function picturesPanel() {
  const limit = chosenModel()?.capabilities.max_images;
  return html`<section class="card pictures" aria-labelledby="pictures-title">
    <div class="head"><h2 id="pictures-title">${text('pictures')}</h2>
      <span class="end soft">${session.pictures.length}${limit ? ` / ${limit}` : ''}</span></div>
    <div class="body">
      <ol class="thumbs">${repeat(session.pictures, picture => picture.id, thumb)}</ol>
      <div class="row">${picker('small', text('pictures.add'))}
        ${session.earlier.length > 0 ? html`<button type="button" class="small" id="take-back" @click=${takeBackInput}>${text('pictures.back')}</button>` : nothing}
      </div>
      <form class="address" @submit=${submitAddress} novalidate>
        <label class="visually-hidden" for="address">${text('pictures.address')}</label>
        <input id="address" name="address" type="url" placeholder=${text('pictures.address')} autocomplete="off" spellcheck="false" aria-describedby="address-problem">
        <button type="submit" class="small">${text('pictures.addAddress')}</button>
        <span class="message" id="address-problem" role=${addressProblem ? 'alert' : nothing}>${addressProblem ?? ''}</span>
      </form>
      ${session.unreadable.length > 0 ? html`<p class="note bad" id="unreadable" role="alert">${text('pictures.unreadable', {names: session.unreadable.join(', ')})}</p>` : nothing}
      ${session.errors.image ? html`<p class="note bad" id="error-image" role="alert">${session.errors.image}</p>` : nothing}
    </div>
  </section>`;
}

function thumb(picture, index) {
  const dropped = event => {
    event.preventDefault();
    if (dragged) movePicture(dragged, index);
    dragged = null;
  };
  return html`<li draggable="true" @dragstart=${() => dragged = picture} @dragend=${() => dragged = null}
      @dragover=${event => dragged && event.preventDefault()} @drop=${dropped}>
    ${picture.address ? html`<span class="remote" aria-hidden="true">URL</span>` : html`<img src=${picture.url} alt="" draggable="false">`}
    <span class="about"><span class="name" title=${picture.address ?? picture.name}>${picture.address ? new URL(picture.address).host : picture.name}</span>
      <span class="soft">${picture.address ? html`<span class="name">${picture.name}</span>` : `${picture.width} × ${picture.height}`}</span>
      ${index === 0 ? (picture.address ? nothing : html`<span class="tag">${text('pictures.first')}</span>`)
    : html`<button type="button" class="plain small" @click=${() => movePicture(picture, 0)}>${text('pictures.makeFirst')}</button>`}</span>
    <button type="button" class="plain small icon" aria-label=${text('pictures.remove', {name: picture.name})}
      @click=${() => removePicture(picture)}>✕</button>
  </li>`;
}

function picker(size, label) {
  const chosen = event => {
    addPictures([...event.target.files]);
    event.target.value = '';
  };
  return html`<label class="button ${size} picker">${label}
      <input type="file" accept="image/*" multiple class="visually-hidden" @change=${chosen}></label>
    <label class="button ${size} picker camera">${text('pictures.camera')}
      <input type="file" accept="image/*" capture="environment" class="visually-hidden" @change=${chosen}></label>`;
}

/** What is shown in place of the canvas while there is no image. */
export function startPanel() {
  return html`<div class="start">
    <img src="/favicon.svg" alt="">
    <p class="lead">${text('start.lead')}</p>
    <div class="row">${picker('', text('start.choose'))}
      <button type="button" id="example" @click=${useExample}>${text('start.example')}</button></div>
    <p class="soft">${text('start.note')}</p>
  </div>`;
}

/** What is shown in place of the canvas for an image that the page does not load. */
export function addressPanel({address}) {
  return html`<div class="start remote-first">
    <span class="remote" aria-hidden="true">URL</span>
    <p class="mono" id="remote-address">${address}</p>
    <p class="soft">${text('pictures.remoteNote')}</p>
  </div>`;
}

async function useExample() {
  const [image, mask] = await Promise.all(['input.png', 'mask.png'].map(async name => (await fetch(`/examples/${name}`)).blob()));
  await addPictures([new File([image], 'input.png', {type: image.type})]);
  if (!session.prompt) session.prompt = text('start.prompt');
  session.mask.resize(session.pictures[0].width, session.pictures[0].height);
  await session.mask.add({kind: 'image', blob: mask});
  changed();
}

/** Accepts images that are dropped on the page or pasted. */
export function listenToPictures() {
  const images = list => [...list].filter(file => file.type.startsWith('image/'));
  document.addEventListener('dragover', event => {
    if (dragged) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', event => event.relatedTarget || document.body.classList.remove('dropping'));
  document.addEventListener('drop', event => {
    document.body.classList.remove('dropping');
    if (dragged || !event.dataTransfer) return;
    event.preventDefault();
    addPictures(images(event.dataTransfer.files));
  });
  document.addEventListener('paste', event => {
    const files = images(event.clipboardData?.files ?? []);
    if (files.length === 0) return;
    event.preventDefault();
    addPictures(files);
  });
}
