// Copies a text, and shows on the button that it is done.
import {text} from './language.js';

export async function copy(value, button) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // without the permission, or on an address that is not secure: the old way
    const area = document.createElement('textarea');
    area.value = value;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  button.dataset.done = text('copied');
  setTimeout(() => delete button.dataset.done, 1500);
}
