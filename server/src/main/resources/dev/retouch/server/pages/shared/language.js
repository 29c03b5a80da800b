// The language of a page: chosen in the bar, or the browser's. A text that a language does not have is shown in English.
import {html} from './lit.js';
import english from './texts/en.js';
import chinese from './texts/zh.js';

const LANGUAGES = {en: {name: 'English', texts: english}, zh: {name: '中文', texts: chinese}};
const STORED = 'retouch.language';

export const language = chosen() || (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
document.documentElement.lang = language;

function chosen() {
  const asked = new URLSearchParams(location.search).get('lang') || stored();
  return LANGUAGES[asked] ? asked : null;
}

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is disabled
  }
}

/** Returns the text of a key, with `{name}` replaced by values. */
export function text(key, values = {}) {
  const found = LANGUAGES[language].texts[key] ?? english[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Returns whether a key has a text. */
export function hasText(key) {
  return english[key] !== undefined;
}

export function languageChoice() {
  const choose = event => {
    try {
      localStorage.setItem(STORED, event.target.value);
    } catch {
      // storage is disabled: the choice lasts for this address only
    }
    const address = new URL(location.href);
    address.searchParams.set('lang', event.target.value);
    location.replace(address);
  };
  return html`<select aria-label=${text('language')} @change=${choose}>
    ${Object.entries(LANGUAGES).map(([code, {name}]) => html`<option value=${code} ?selected=${code === language}>${name}</option>`)}
  </select>`;
}
