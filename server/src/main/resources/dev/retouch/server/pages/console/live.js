// The figures of the instance, as they change: a stream that is opened again if it ends, and closed while the page is hidden.
import {events} from '../shared/events.js';
import {openStream} from './admin.js';

const PAUSE = 3000;

/**
 * Reads the stream until the returned function is called.
 *
 * @param changed receives the figures, or null if the stream has ended
 */
export function streamFigures(changed) {
  let closed = false;
  let abort = null;
  let waiting = 0;

  async function read() {
    abort = new AbortController();
    const {signal} = abort;
    try {
      const response = await openStream('figures/stream', signal);
      for await (const figures of events(response.body)) if (!signal.aborted) changed(figures);
    } catch {
      // another instance, a restart, too many streams: the page shows that the figures are not live, and tries again
    }
    if (closed || signal.aborted) return;
    changed(null);
    waiting = setTimeout(read, PAUSE);
  }

  function end() {
    clearTimeout(waiting);
    abort?.abort();
  }

  function follow() {
    end();
    if (document.visibilityState === 'visible') read();
    else changed(null);
  }

  document.addEventListener('visibilitychange', follow);
  read();
  return () => {
    closed = true;
    document.removeEventListener('visibilitychange', follow);
    end();
  };
}
