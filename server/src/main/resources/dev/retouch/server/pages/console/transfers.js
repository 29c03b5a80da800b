// Transfers of the ledger with their postings, on the screens of an edit and of the ledger.
import {money, noteText, time} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';

/**
 * A table of transfers: a line that says what each is, and a row for each of its postings.
 *
 * @param linked whether each transfer links to its edit
 * @param currency of the amounts; empty if the list does not have it
 */
export function transferTable(items, linked, currency = '') {
  const about = transfer => html`<span class="transfer"><strong>${text(`transfer.${transfer.kind}`)}</strong><span class="nowrap">${time(transfer.created_at)}</span>
    ${linked && transfer.edit ? html`<a class="mono" href="#/edits/${transfer.edit}" title=${transfer.edit}>${transfer.edit.slice(0, 14)}…</a>` : nothing}
    ${transfer.note ? html`<span class="soft">${noteText(transfer.note)}</span>` : nothing}</span>`;
  return html`<div class="scroll"><table class="postings" id="postings"><thead><tr><th>${text('edit.transferOwner')}</th><th>${text('edit.account')}</th>
      <th class="right">${text('edit.amount')}</th></tr></thead>
    <tbody>${items.map(transfer => html`<tr class="first"><td colspan="3">${about(transfer)}</td></tr>${transfer.postings.map(posting => html`<tr>
      <td class="mono owner">${posting.owner}</td><td class="nowrap">${text(`account.${posting.account}`)}</td>
      <td class="right nowrap">${money(posting.amount, currency)}</td></tr>`)}`)}</tbody></table></div>`;
}
