// The ledger: its verification, undecided edits, and all transfers with their postings.
import {badge, number, time} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin, get} from './admin.js';
import {editTable} from './edits.js';
import {csvButton, downloadTransfers} from './export.js';
import {pages} from './pages.js';
import {change} from './screen.js';
import {transferTable} from './transfers.js';

const FILTERS = ['owner', 'request_id', 'since', 'until'];
const KINDS = ['fund', 'withdraw', 'hold', 'settle', 'release', 'refund', 'close'];

export function ledgerScreen(query) {
  const filters = new URLSearchParams([...query].filter(([name, value]) => value && (FILTERS.includes(name) || name === 'kind')));
  const list = pages(`ledger/transfers?${filters}`);
  const csv = csvButton(progress => downloadTransfers(filters, progress));
  const load = async polled => {
    const [verification, undecided] = await Promise.all([get('ledger/verification', polled), get('edits?state=undecided', polled), list.load(polled)]);
    return {verification, undecided: undecided.data};
  };
  return {live: true, load, render: ({verification, undecided}) => html`<h1>${text('console.ledger')}</h1>${verified(verification)}
    ${undecided.length > 0 ? html`<section class="card"><div class="head"><h2>${text('today.undecidedEdits')}</h2></div>${editTable(undecided)}</section>` : nothing}
    ${transfers(filters, list, csv)}`};
}

function verified(verification) {
  const verify = () => change(() => admin('POST', 'ledger/verification'));
  const {state, findings} = verification;
  return html`<section class="card" id="verification"><div class="head"><h2>${text('ledger.verification')}</h2>${badge(state)}
      <span class="end"><button type="button" class="small" id="verify" ?disabled=${state === 'running'} @click=${verify}>${text('ledger.verify')}</button></span></div>
    ${state === 'none' ? html`<p class="body soft">${text('ledger.never')}</p>` : html`<dl class="body">
      <dt>${text('edit.time')}</dt><dd>${time(verification.finished_at ?? verification.started_at)}</dd>
      ${verification.transactions === undefined ? nothing : html`<dt>${text('edit.transfers')}</dt><dd>${number(verification.transactions)}</dd>
        <dt>${text('console.edits')}</dt><dd>${number(verification.edits)}</dd>`}</dl>`}
    ${findings.map(finding => html`<p class="note bad">${finding}</p>`)}</section>`;
}

function transfers(filters, list, csv) {
  const search = event => {
    event.preventDefault();
    const given = [...new FormData(event.target)].filter(([, value]) => value.trim());
    location.hash = `#/ledger?${new URLSearchParams(given)}`;
  };
  const items = list.items();
  return html`<form class="card filters" @submit=${search}>${FILTERS.map(name => html`<div class="field"><label for="filter-${name}">${text(`filter.${name}`)}</label>
      <input id="filter-${name}" name=${name} type=${name === 'since' || name === 'until' ? 'date' : 'text'} .value=${filters.get(name) ?? ''}></div>`)}
      <div class="field"><label for="filter-kind">${text('edit.transfer')}</label><select id="filter-kind" name="kind"><option value="">${text('filter.all')}</option>
        ${KINDS.map(kind => html`<option value=${kind} .selected=${filters.get('kind') === kind}>${text(`transfer.${kind}`)}</option>`)}</select></div>
      <span class="row"><button class="primary" id="search">${text('filter.apply')}</button>${csv()}</span></form>
    <section class="card">${items.length === 0 ? html`<p class="body soft" id="no-transfers">${text('ledger.none')}</p>` : transferTable(items, true)}${list.more()}</section>`;
}
