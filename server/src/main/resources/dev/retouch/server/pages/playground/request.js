// The request of an edit: its form fields.
import {formName} from '../shared/code.js';
import {session} from './session.js';

/** The model that is chosen, or the first one. */
export function chosenModel() {
  return session.models.find(model => model.id === session.model) ?? session.models[0] ?? null;
}

/** The parameters that are sent: those of the model that have a value, and the size. */
export function parameters() {
  const capabilities = chosenModel()?.capabilities;
  if (!capabilities) return {};
  const known = ['size', ...Object.keys(capabilities.parameters)];
  return Object.fromEntries(known.filter(name => session.values[name]).map(name => [name, session.values[name].trim()]));
}

/** The layer that is painted on and sent: the mask, or the markup if the model takes one and the user chose it. */
export function activeLayer() {
  return session.layer === 'markup' && chosenModel()?.capabilities.markup ? 'markup' : 'mask';
}

/** Returns a layer of the first image as png, or null if it is not sent: it is empty, or the other one is sent. */
async function layerBlob(name) {
  const [first] = session.pictures;
  return first?.blob && activeLayer() === name && session[name].coverage > 0 ? session[name].export(first.width, first.height) : null;
}

export const maskBlob = () => layerBlob('mask');
export const markupBlob = () => layerBlob('markup');

/** Returns the body of the request: the fields of a form in order, or a document if an image is given by its address. */
export async function requestBody() {
  const mask = await maskBlob();
  const markup = await markupBlob();
  return session.pictures.some(({address}) => address) ? {document: jsonDocument(mask, markup)} : {fields: fields(mask, markup)};
}

function fields(mask, markup) {
  const name = session.pictures.length === 1 ? 'image' : 'image[]';
  return [
    ...session.pictures.map(picture => ({name, value: picture.blob, file: picture.name})),
    ...(mask ? [{name: 'mask', value: mask, file: 'mask.png'}] : []),
    ...(markup ? [{name: 'markup', value: markup, file: 'markup.png'}] : []),
    {name: 'prompt', value: session.prompt},
    ...(chosenModel() ? [{name: 'model', value: chosenModel().id}] : []),
    ...Object.entries(parameters()).map(([parameter, value]) => ({name: formName(parameter), value}))
  ];
}

/** The worker replaces blobs by data URLs. */
function jsonDocument(mask, markup) {
  const created = {
    images: session.pictures.map(({address, blob}) => ({image_url: address ?? blob})),
    ...(mask ? {mask: {image_url: mask}} : {}), ...(markup ? {markup: {image_url: markup}} : {}),
    prompt: session.prompt, ...(chosenModel() ? {model: chosenModel().id} : {})
  };
  for (const [parameter, value] of Object.entries(parameters())) put(created, parameter.split('.'), typed(parameter, value));
  return created;
}

function put(target, [name, ...rest], value) {
  if (rest.length === 0) target[name] = value;
  else put(target[name] ??= {}, rest, value);
}

/** A value in the type that a document has it in. */
export function typed(parameter, value) {
  const {values, maximum} = chosenModel()?.capabilities.parameters[parameter] ?? {};
  if (values?.includes('true')) return value === 'true';
  return maximum !== undefined && /^-?\d+$/.test(value) ? Number(value) : value;
}
