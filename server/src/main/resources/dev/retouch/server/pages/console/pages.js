// A list that is loaded page by page.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {change, refresh} from './screen.js';

const PAGE = 50;

/**
 * Loads a list of the administration API.
 *
 * @param path below /admin/v1, with the query of its filters
 */
export function pages(path) {
  let loaded = [];
  const page = (after, polled) => get(`${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${after}`, polled);
  const load = async polled => {
    if (polled && loaded.length > 1) return loaded[0]; // new items would push others from one page to the next
    loaded = [await page('', polled)];
    return loaded[0];
  };
  const next = async () => {
    const last = loaded.at(-1).data.at(-1);
    const following = await page(`&after=${encodeURIComponent(last.id)}`, false);
    loaded = [...loaded, following];
    refresh();
  };
  return {
    load,
    items: () => loaded.flatMap(each => each.data),
    /** A button that loads the next page, if there is one. */
    more: () => loaded.at(-1)?.has_more
      ? html`<p class="body"><button type="button" id="more" @click=${() => change(next, false)}>${text('list.more')}</button></p>` : nothing
  };
}
