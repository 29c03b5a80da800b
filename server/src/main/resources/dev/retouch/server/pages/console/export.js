// Edits and transfers of a filter as CSV files: all pages of the list, up to a maximum.
import {download} from '../shared/download.js';
import {number} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html} from '../shared/lit.js';
import {get} from './admin.js';
import {change, refresh} from './screen.js';

const PAGE = 100;
const MAX_ROWS = 10_000;
const EDIT = ['id', 'created_at', 'decided_at', 'group', 'key', 'model', 'state', 'images_asked', 'images_delivered', 'held', 'settled', 'currency',
  'price_version', 'note', 'refunded', 'upstream_request_id'];
const POSTING = ['transfer', 'created_at', 'kind', 'edit', 'note', 'owner', 'account', 'amount'];

/**
 * Loads the edits of a filter and downloads them.
 *
 * @param filters of the list, as query parameters
 * @param progress receives the number of edits that are loaded
 */
export async function downloadEdits(filters, progress) {
  save('edits.csv', EDIT, await all('edits', filters, progress));
}

/** Loads the transfers of a filter and downloads them: a line for each posting. */
export async function downloadTransfers(filters, progress) {
  const transfers = await all('ledger/transfers', filters, progress);
  save('transfers.csv', POSTING, transfers.flatMap(transfer => transfer.postings.map(posting => ({...transfer, ...posting, transfer: transfer.id}))));
}

async function all(path, filters, progress) {
  const rows = [];
  let page = {data: [], has_more: true};
  while (page.has_more && rows.length < MAX_ROWS) {
    const after = rows.length > 0 ? `&after=${encodeURIComponent(rows.at(-1).id)}` : '';
    page = await get(`${path}?limit=${PAGE}&${filters}${after}`);
    rows.push(...page.data);
    progress(rows.length);
  }
  return rows;
}

function save(name, columns, rows) {
  const lines = [columns, ...rows.map(row => columns.map(column => column.endsWith('_at') ? day(row[column]) : row[column]))];
  download(new Blob([lines.map(line => line.map(cell).join(',') + '\r\n').join('')], {type: 'text/csv'}), name);
}

/**
 * A button that downloads, and says how many rows are loaded while it does.
 *
 * @param load receives a function that takes the number of rows
 */
export function csvButton(load) {
  let loaded = null;
  const start = () => change(async () => {
    const progress = count => {
      loaded = count;
      refresh();
    };
    progress(0);
    try {
      await load(progress);
    } finally {
      loaded = null;
    }
  });
  return () => html`<button type="button" id="csv" ?disabled=${loaded !== null} @click=${start}>${loaded === null ? 'CSV' : text('edits.loaded', {count: number(loaded)})}</button>`;
}

const day = seconds => seconds ? new Date(seconds * 1000).toISOString() : '';

/** A value of a CSV file. One that a spreadsheet would run as a formula begins with an apostrophe. */
function cell(value) {
  const plain = String(value ?? '');
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
