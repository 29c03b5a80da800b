// A list that is loaded page by page.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {change, refresh} from './screen.js';

const PAGE = 100;

/**
 * Loads a list of the administration API.
 *
 * @param path below /admin/v1, with the query of its filters
 */
export function pages(path) {
  let first = null;
  let items = [];
  let hasMore = false;
  let loading = false;
  let failed = false;
  const page = (after, polled) => get(`${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${after}`, polled);

  const load = async polled => {
    if (polled && items.length > PAGE) return first; // new items would push others from one page to the next
    first = await page('', polled);
    items = first.data;
    hasMore = first.has_more;
    failed = false;
    return first;
  };

  async function append() {
    const known = items;
    const following = await page(`&after=${encodeURIComponent(known.at(-1).id)}`, false);
    if (known !== items) return; // loaded again meanwhile
    items = [...known, ...following.data];
    hasMore = following.has_more;
    refresh();
  }

  /** Loads the next page, if there is one and none is on its way. A failure waits for the button. */
  async function next() {
    if (!hasMore || loading || failed) return;
    loading = true;
    failed = !await change(append, false);
    loading = false;
  }

  return {
    load,
    next,
    items: () => items,
    /** A button that loads the next page, if there is one. */
    more: () => hasMore ? html`<p class="body"><button type="button" id="more" @click=${() => { failed = false; next(); }}>${text('list.more')}</button></p>` : nothing
  };
}
