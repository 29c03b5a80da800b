// The request of an edit: its form fields.
import {session} from './session.js';

/** The model that is chosen, or the first one. */
export function chosenModel() {
  return session.models.find(model => model.id === session.model) ?? session.models[0] ?? null;
}

/** The name of a parameter in a form: `svg.model` is `svg[model]`. */
export function formName(parameter) {
  const [first, ...rest] = parameter.split('.');
  return first + rest.map(part => `[${part}]`).join('');
}

/** The parameters that are sent: those of the model that have a value, and the size. */
export function parameters() {
  const capabilities = chosenModel()?.capabilities;
  if (!capabilities) return {};
  const known = ['size', ...Object.keys(capabilities.parameters)];
  return Object.fromEntries(known.filter(name => session.values[name]).map(name => [name, session.values[name].trim()]));
}

/** Whether a mask is sent: it marks something. */
export function isMasked() {
  return session.pictures.length > 0 && session.mask.coverage > 0;
}

/** Returns the mask of the first image as png, or null. */
export async function maskBlob() {
  const [first] = session.pictures;
  return isMasked() ? session.mask.export(first.width, first.height) : null;
}

/** Returns the fields of the form, in order. */
export async function formFields() {
  const mask = await maskBlob();
  const name = session.pictures.length === 1 ? 'image' : 'image[]';
  return [
    ...session.pictures.map(picture => ({name, value: picture.blob, file: picture.name})),
    ...(mask ? [{name: 'mask', value: mask, file: 'mask.png'}] : []),
    {name: 'prompt', value: session.prompt},
    ...(chosenModel() ? [{name: 'model', value: chosenModel().id}] : []),
    ...Object.entries(parameters()).map(([parameter, value]) => ({name: formName(parameter), value}))
  ];
}
