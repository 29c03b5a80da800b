// Amounts, times and states as the pages show them.
import {language, text} from './language.js';
import {html} from './lit.js';

const TIME = new Intl.DateTimeFormat(language, {dateStyle: 'short', timeStyle: 'medium'});

export const time = seconds => seconds ? TIME.format(new Date(seconds * 1000)) : '–';
export const money = (amount, currency) => `${amount} ${currency}`.trim();
/** A note of the ledger. One that the gateway made of the name of an error reads as words. */
export const noteText = note => /^[A-Z]+(_[A-Z]+)+$/.test(note) ? note.toLowerCase().replaceAll('_', ' ') : note;
/** Milliseconds as seconds, with as many digits as matter. */
export const duration = milliseconds => milliseconds === undefined ? '–'
  : `${(milliseconds / 1000).toLocaleString(language, {maximumFractionDigits: milliseconds < 1000 ? 3 : milliseconds < 10_000 ? 1 : 0})} s`;
export const number = value => Number(value).toLocaleString(language);

const KINDS = {answered: 'good', unreachable: 'bad', limited: 'warn', credentials: 'bad', overloaded: 'bad', timed_out: 'bad', broken_off: 'bad', refused: 'warn', rejected: 'warn', settled: 'good', ok: 'good', released: '', held: '', undecided: 'warn', 'half-open': 'warn', open: 'bad',
  sound: 'good', unsound: 'bad', succeeded: 'good', failed: 'bad', canceled: '', queued: '', running: 'warn', active: 'good', disabled: 'warn', revoked: 'bad', expired: 'warn'};

/** Whether a state is `good`, `bad`, or `warn`; empty if it is neither. */
export const kindOf = state => KINDS[state] ?? '';

export function badge(state) {
  return html`<span class="badge ${kindOf(state)}">${text(`state.${state}`)}</span>`;
}

/** A budget as a bar: what is spent and held of what was given. */
export function budgetBar(budget) {
  const spent = Number(budget.spent);
  const held = Number(budget.held);
  if (!budget.limited) return html`<span class="soft">${text('budget.unlimited', {spent: money(budget.spent, budget.currency)})}</span>`;
  const whole = spent + held + Number(budget.available);
  return html`<span class="budget"><progress max=${Math.max(whole, 1e-9)} value=${Math.min(whole, spent + held)}
      aria-label=${text('budget.used')}></progress>
    <span>${text('budget.left', {left: money(budget.available, budget.currency)})}</span></span>`;
}
