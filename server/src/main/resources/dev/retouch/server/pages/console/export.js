// The edits of a filter as a CSV file: all pages of the list, up to a maximum.
import {download} from '../shared/download.js';
import {get} from './admin.js';

const PAGE = 100;
const MAX_EDITS = 10_000;
const COLUMNS = ['id', 'created_at', 'decided_at', 'group', 'key', 'model', 'state', 'images_asked', 'images_delivered', 'held', 'settled', 'currency',
  'price_version', 'note', 'refunded'];

/**
 * Loads the edits of a filter and downloads them.
 *
 * @param filters of the list, as query parameters
 * @param progress receives the number of edits that are loaded
 */
export async function downloadEdits(filters, progress) {
  const edits = [];
  let page = {data: [], has_more: true};
  while (page.has_more && edits.length < MAX_EDITS) {
    const after = edits.length > 0 ? `&after=${encodeURIComponent(edits.at(-1).id)}` : '';
    page = await get(`edits?limit=${PAGE}&${filters}${after}`);
    edits.push(...page.data);
    progress(edits.length);
  }
  const lines = [COLUMNS, ...edits.map(edit => COLUMNS.map(column => column.endsWith('_at') ? day(edit[column]) : edit[column]))];
  download(new Blob([lines.map(line => line.map(cell).join(',') + '\r\n').join('')], {type: 'text/csv'}), 'edits.csv');
}

const day = seconds => seconds ? new Date(seconds * 1000).toISOString() : '';

/** A value of a CSV file. One that a spreadsheet would run as a formula begins with an apostrophe. */
function cell(value) {
  const plain = String(value ?? '');
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
