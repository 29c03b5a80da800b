// How an edit ran at upstreams: a line for each attempt, in time; and what its client got beside images.
import {badge, duration, kindOf} from '../shared/format.js';
import {hasText, text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';

/** The attempts of an edit; nothing if none is known. */
export function attempts({report, model}) {
  const list = report?.attempts ?? [];
  if (list.length === 0) return nothing;
  const whole = Math.max(1, ...list.map(each => each.start_ms + each.duration_ms));
  const other = list.some(each => each.model && each.model !== model);
  return html`<section class="card" id="attempts"><div class="head"><h2>${text('report.attempts')}</h2></div>
    <div class="scroll"><table><thead><tr><th>${text('report.upstream')}</th>${other ? html`<th>${text('parameter.model')}</th>` : nothing}
        <th>${text('edit.state')}</th><th class="right">${text('report.start')}</th><th class="right">${text('run.total_ms')}</th><th class="course">${text('report.course')}</th>
        <th>${text('edit.upstreamId')}</th><th>${text('report.next')}</th></tr></thead>
      <tbody>${list.map(each => html`<tr><td class="nowrap">${each.upstream}</td>${other ? html`<td class="nowrap">${each.model}</td>` : nothing}
        <td class="nowrap">${each.outcome ? badge(each.outcome) : '–'}${each.status ? html` <span class="mono">${each.status}</span>` : nothing}</td>
        <td class="right nowrap">${duration(each.start_ms)}</td><td class="right nowrap">${duration(each.duration_ms)}</td><td class="course">${bar(each, whole)}</td>
        <td class="mono id">${each.upstream_request_id ? html`<a href="#/edits?upstream_id=${encodeURIComponent(each.upstream_request_id)}">${each.upstream_request_id}</a>` : '–'}</td>
        <td>${each.repetition ? repetition(each.repetition) : '–'}</td></tr>`)}</tbody></table></div></section>`;
}

/** When the attempt ran, from the start of the request to the end of the last attempt. The times are in the cells beside it. */
const bar = ({start_ms: start, duration_ms: length, outcome}, whole) => html`<svg class="run ${kindOf(outcome)}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
  <rect class="track" width="100" height="1"></rect><rect x=${Math.min(98, start / whole * 100)} width=${Math.max(2, length / whole * 100)} height="1"></rect></svg>`;

const repetition = name => hasText(`repetition.${name}`) ? text(`repetition.${name}`) : name;

/** The warning, the parameters that were left out, and the error of the response; nothing if it had none. */
export function sent({report}) {
  const {warning, dropped_parameters: dropped, error} = report ?? {};
  if (!warning && !dropped && !error) return nothing;
  const row = (label, value) => value ? html`<dt>${text(label)}</dt><dd>${value}</dd>` : nothing;
  return html`<section class="card" id="sent"><div class="head"><h2>${text('report.sent')}</h2>
      ${error ? html`<span class="end"><span class="badge bad">HTTP ${error.status}</span></span>` : nothing}</div><dl class="body">
    ${error ? html`${row('report.message', error.message)}${row('report.code', error.code && html`<code>${error.code}</code>`)}
      ${row('report.type', error.type && html`<code>${error.type}</code>`)}${row('report.param', error.param && html`<code>${error.param}</code>`)}` : nothing}
    ${row('report.warning', warning)}${row('report.dropped', dropped)}</dl></section>`;
}
