// The rows of a long table. Only those near the screen are elements, so that ten thousand rows scroll like twenty.
import {html, nothing} from '../shared/lit.js';
import {refresh} from './screen.js';

/** Rows that exist above and below the screen. */
const BEYOND = 20;
/** The height of a row before one was measured. */
const USUAL_HEIGHT = 40;

/**
 * Rows of a table with an id.
 *
 * @param nearEnd called if the last rows are near the screen
 */
export function rows(id, nearEnd = () => {}) {
  let first = 0;
  let last = 2 * BEYOND;
  let count = 0;
  let height = USUAL_HEIGHT;
  let waiting = false;

  /** Finds the rows near the screen. Returns whether others than those that exist are needed. */
  function look() {
    const body = document.querySelector(`#${id} tbody`);
    if (!body) return false;
    height = body.querySelector('tr[aria-rowindex]')?.offsetHeight || height;
    const above = -body.getBoundingClientRect().top / height;
    const top = Math.max(0, Math.min(count - 1, Math.floor(above)));
    const bottom = Math.min(count, Math.ceil(above + innerHeight / height));
    if (bottom > count - BEYOND) nearEnd();
    const enoughAbove = first === 0 || top - first >= BEYOND / 2;
    const enoughBelow = last >= count || last - bottom >= BEYOND / 2;
    if (enoughAbove && enoughBelow) return false;
    first = Math.max(0, top - BEYOND);
    last = bottom + BEYOND;
    return true;
  }

  function scrolled() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (look()) refresh();
    });
  }

  return {
    /** Follows the screen until the returned function is called. */
    open() {
      addEventListener('scroll', scrolled, {passive: true});
      addEventListener('resize', scrolled);
      return () => {
        removeEventListener('scroll', scrolled);
        removeEventListener('resize', scrolled);
      };
    },
    /** After a rendering: the table may have more rows than before. */
    rendered() {
      if (look()) requestAnimationFrame(refresh);
    },
    /**
     * The rows near the screen, and space for the others.
     *
     * @param items one for each row
     * @param columns the number of cells of a row
     * @param row makes a row of an item and its number, which counts from 1
     */
    of(items, columns, row) {
      count = items.length;
      const end = Math.min(last, count);
      const start = Math.min(first, end);
      const space = number => number > 0 ? html`<tr class="space" aria-hidden="true"><td colspan=${columns} height=${number * height}></td></tr>` : nothing;
      return html`${space(start)}${items.slice(start, end).map((item, at) => row(item, start + at + 1))}${space(count - end)}`;
    }
  };
}
