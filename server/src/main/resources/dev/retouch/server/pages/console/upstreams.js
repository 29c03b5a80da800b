// Upstreams, as the instance sees them that serves this page; and tests of them.
import {hasText, text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin, get} from './admin.js';
import {matrix, orders} from './matrix.js';
import {badge, duration, money, time} from '../shared/format.js';
import {change, refresh} from './screen.js';

export function upstreamsScreen() {
  /** The last test of each upstream: `null` while it runs. */
  const tests = new Map();
  let groups = null;
  const load = async polled => {
    groups ??= get('groups', polled).then(({data}) => data); // once: the list may be long
    const upstreams = await get('upstreams', polled);
    return {...upstreams, groups: await groups};
  };
  return {live: true, load, render: data => render(data, tests)};
}

function render({data: upstreams, groups}, tests) {
  return html`<h1>${text('console.upstreams')}</h1><p class="soft">${text('upstreams.note')}</p>
    <div class="cards">${upstreams.map(upstream => html`<section class="card" data-upstream=${upstream.name}>
      <div class="head"><h2>${upstream.name}</h2><span class="end">${badge(upstream.state)}</span></div>
      <dl class="body"><dt>${text('upstream.attempts')}</dt><dd>${upstream.in_flight}</dd>
        <dt>${text('upstream.priority')}</dt><dd>${upstream.priority}</dd><dt>${text('upstream.weight')}</dt><dd>${upstream.weight}</dd>
        ${upstream.retry_in_seconds > 0 ? html`<dt>${text('upstream.retry')}</dt><dd>${upstream.retry_in_seconds} s</dd>` : nothing}
        <dt>${text('upstream.failure')}</dt><dd>${upstream.last_failure ? `${time(upstream.last_failure.at)}: ${outcomeText(upstream.last_failure.outcome)}` : text('upstream.noFailure')}</dd></dl>
      ${testPanel(upstream.name, tests)}
    </section>`)}</div>
    ${matrix(upstreams, groups)}${orders(upstreams, groups)}`;
}

function testPanel(name, tests) {
  const running = tests.has(name) && tests.get(name) === null;
  return html`<div class="body tests"><div class="row">
      <button type="button" class="small check" ?disabled=${running} @click=${() => run(name, tests, {kind: 'check'})}>${text('upstream.check')}</button>
      <button type="button" class="small edit" ?disabled=${running} @click=${() => askPrice(name, tests)}>${text('upstream.edit')}</button></div>
    <div role="status" class="result">${running ? html`<p class="note">${text('upstream.testing')}</p>` : tests.has(name) ? outcome(tests.get(name)) : nothing}</div></div>`;
}

const outcomeText = outcome => hasText(`attempt.${outcome}`) ? text(`attempt.${outcome}`) : outcome;

const KINDS = {passed: 'good', reached: '', failed: 'bad', quoted: 'warn'};

function outcome(test) {
  const known = test.outcome && outcomeText(test.outcome);
  const facts = [test.status && `HTTP ${test.status}`, duration(test.duration_ms), test.model, test.price && priceOf(test.price)].filter(Boolean);
  return html`<p class="note ${KINDS[test.result]}">${text(`test.${test.kind}.${test.result}`)}${known ? html` ${known}` : nothing}
    <br><span class="mono">${facts.join(' · ')}</span>${test.message ? html`<br>${text('upstream.said', {message: test.message})}` : nothing}</p>`;
}

const priceOf = ({minimum, maximum, currency}) => money(minimum === maximum ? maximum : `${minimum} – ${maximum}`, currency);

/** Sends a test, and shows its result. */
function run(name, tests, request) {
  tests.set(name, null);
  refresh();
  return change(async () => {
    try {
      tests.set(name, await admin('POST', `upstreams/${encodeURIComponent(name)}/test`, request));
    } catch (failure) {
      tests.delete(name);
      throw failure;
    }
  });
}

/** Shows the price of an edit, and runs it if the user accepts the price. */
async function askPrice(name, tests) {
  if (!await run(name, tests, {kind: 'edit'})) return;
  const {model, price} = tests.get(name);
  tests.delete(name);
  refresh();
  if (confirm(text('upstream.confirm', {upstream: name, model, price: priceOf(price)}))) {
    await run(name, tests, {kind: 'edit', model, accept_price: price.maximum});
  }
}
