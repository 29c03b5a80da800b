// Transfers of the ledger with their postings, on the screens of an edit and of the ledger.
import {money, time} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';

/**
 * A table of transfers with their postings.
 *
 * @param linked whether each transfer links to its edit
 * @param currency of the amounts; empty if the list does not have it
 */
export function transferTable(items, linked, currency = '') {
  const about = transfer => html`${text(`transfer.${transfer.kind}`)}
    ${linked && transfer.edit ? html`<br><a class="mono" href="#/edits/${transfer.edit}" title=${transfer.edit}>${transfer.edit.slice(0, 14)}…</a>` : nothing}
    ${transfer.note ? html`<br><span class="soft">${transfer.note}</span>` : nothing}`;
  return html`<div class="scroll"><table class="postings" id="postings"><thead><tr><th>${text('edit.time')}</th><th>${text('edit.transfer')}</th>
      <th>${text('edit.owner')}</th><th>${text('edit.account')}</th><th class="right">${text('edit.amount')}</th></tr></thead>
    <tbody>${items.flatMap(transfer => transfer.postings.map((posting, index) => html`<tr class=${index === 0 ? 'first' : ''}>
      <td class="nowrap">${index === 0 ? time(transfer.created_at) : ''}</td><td>${index === 0 ? about(transfer) : ''}</td>
      <td class="mono">${posting.owner}</td><td>${text(`account.${posting.account}`)}</td>
      <td class="right nowrap">${money(posting.amount, currency)}</td></tr>`))}</tbody></table></div>`;
}
