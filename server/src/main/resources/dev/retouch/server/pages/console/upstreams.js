// Upstreams, as the instance sees them that serves this page.
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {badge, time} from '../shared/format.js';

export function upstreamsScreen() {
  return {live: true, load: polled => get('upstreams', polled), render};
}

function render({data: upstreams}) {
  return html`<h1>${text('console.upstreams')}</h1><p class="soft">${text('upstreams.note')}</p>
    <div class="cards">${upstreams.map(upstream => html`<section class="card" data-upstream=${upstream.name}>
      <div class="head"><h2>${upstream.name}</h2><span class="end">${badge(upstream.state)}</span></div>
      <dl class="body"><dt>${text('upstream.attempts')}</dt><dd>${upstream.in_flight}</dd>
        <dt>${text('upstream.priority')}</dt><dd>${upstream.priority}</dd><dt>${text('upstream.weight')}</dt><dd>${upstream.weight}</dd>
        ${upstream.retry_in_seconds > 0 ? html`<dt>${text('upstream.retry')}</dt><dd>${upstream.retry_in_seconds} s</dd>` : nothing}
        <dt>${text('upstream.failure')}</dt><dd>${upstream.last_failure ? `${upstream.last_failure.outcome}, ${time(upstream.last_failure.at)}` : text('upstream.noFailure')}</dd></dl>
    </section>`)}</div>`;
}
