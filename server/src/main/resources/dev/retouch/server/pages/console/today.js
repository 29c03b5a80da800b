// Today: what the instance does now, the edits of the last hours, the money of the last days, the groups, and undecided edits.
import {language, text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {get} from './admin.js';
import {chart, counts, drawChart, endCharts, legend} from './charts.js';
import {editTable} from './edits.js';
import {badge, budgetBar, duration, money, number, time} from '../shared/format.js';
import {streamFigures} from './live.js';
import {refresh} from './screen.js';

/** The states of an edit, from the bottom of a bar to its top, with their colors. */
const STATES = {settled: '--good', released: '--released', undecided: '--warn', held: '--held'};
const HOURS = 'chart-hours';
const DAYS = 'chart-days';
const SPENT_AFTER = 60_000;
const HOUR = new Intl.DateTimeFormat(language, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
const DAY = new Intl.DateTimeFormat(language, {day: 'numeric', month: 'short', timeZone: 'UTC'});

export function todayScreen() {
  const live = {figures: null, connected: false, days: null, loaded: 0};
  const open = () => {
    const end = streamFigures(figures => {
      live.connected = figures !== null;
      if (figures) live.figures = figures;
      refresh();
    });
    return () => {
      end();
      endCharts(HOURS, DAYS);
    };
  };
  return {live: true, open, load: polled => load(polled, live), render: data => render(data, live), rendered: data => draw(data, live)};
}

async function load(polled, live) {
  const day = new Date().toISOString().slice(0, 10);
  const [groups, usage, undecided, figures] = await Promise.all([get('groups', polled),
    get(`usage?start=${day}&end=${day}&group_by=group`, polled), get('edits?state=undecided&limit=100', polled),
    live.connected ? live.figures : get('figures', polled), spent(polled, live)]);
  live.figures = figures;
  return {groups: groups.data, usage, undecided: undecided.data};
}

/** The cost of each day changes slowly, and is a sum over many edits. */
async function spent(polled, live) {
  if (live.days && performance.now() - live.loaded < SPENT_AFTER) return;
  const report = await get('usage?group_by=day', polled);
  const costs = new Map(report.data.map(row => [row.day, Number(row.cost)]));
  const days = [];
  for (let day = Date.parse(report.start); day <= Date.parse(report.end); day += 86_400_000) {
    days.push({day, cost: costs.get(new Date(day).toISOString().slice(0, 10)) ?? 0});
  }
  Object.assign(live, {days, loaded: performance.now()});
}

function render({groups, usage, undecided}, live) {
  const {total, currency} = usage;
  const {figures} = live;
  const figure = (label, value, id = nothing) => html`<div class="card figure"><span class="soft">${label}</span><strong id=${id}>${value}</strong></div>`;
  return html`<div class="title"><h1>${text('console.today')}</h1>
      <span class="badge ${live.connected ? 'good' : ''}" id="live" title=${text('today.since', {time: time(figures.since)})}>${text(live.connected ? 'today.live' : 'today.connecting')}</span></div>
    <div class="figures two-rows">${figure(text('today.cost'), money(total.cost, currency))}${figure(text('today.held'), money(total.held, currency))}
      ${figure(text('today.edits'), number(total.edits))}${figure(text('today.undecided'), number(total.undecided))}
      ${figure(text('today.running'), number(figures.running), 'running')}${figure(text('today.waiting'), number(figures.waiting), 'waiting')}
      ${figure(text('today.p50'), duration(figures.p50_ms), 'p50')}${figure(text('today.p95'), duration(figures.p95_ms), 'p95')}</div>
    <div class="columns">
      <section class="card"><div class="head"><h2>${text('today.hours')}</h2><span class="end soft">${text('today.all')}</span></div>
        <div class="body">${chart(HOURS, `${text('today.hours')}: ${counts(Object.keys(STATES).map(name => [text(`state.${name}`), sum(figures.hours, name)]))}`)}
          ${legend(Object.keys(STATES).map(name => [name, text(`state.${name}`)]))}</div></section>
      <section class="card"><div class="head"><h2>${text('today.days')}</h2><span class="end soft">${text('today.utc')}</span></div>
        <div class="body">${chart(DAYS, `${text('today.days')}: ${money(rounded(sum(live.days, 'cost')), currency)}`)}
          ${legend([['spent', text('results.cost')]])}</div></section></div>
    <section class="card"><div class="head"><h2>${text('console.upstreams')}</h2></div>
      <ul class="lamps">${figures.upstreams.map(upstream => html`<li>${badge(upstream.state)} <a href="#/upstreams">${upstream.name}</a>
        <span class="soft">${text('upstream.inFlight', {count: upstream.in_flight})}</span></li>`)}</ul></section>
    <section class="card"><div class="head"><h2>${text('console.groups')}</h2></div>
      <div class="scroll"><table><thead><tr><th>${text('group')}</th><th>${text('budget')}</th><th class="right">${text('today.cost')}</th>
        <th class="right">${text('today.edits')}</th></tr></thead>
      <tbody>${groups.map(group => {
    const row = usage.data.find(each => each.group === group.name);
    return html`<tr><td class="cut" title=${group.name}><a href="#/groups/${encodeURIComponent(group.name)}">${group.name}</a></td><td>${budgetBar(group.budget)}</td>
        <td class="right nowrap">${row ? money(row.cost, currency) : '–'}</td><td class="right">${row ? number(row.edits) : '–'}</td></tr>`;
  })}</tbody></table></div></section>
    ${undecided.length > 0 ? html`<section class="card"><div class="head"><h2>${text('today.undecidedEdits')}</h2>
      <span class="end soft" id="undecided-held">${text('today.undecidedHeld', {held: money(rounded(undecided.reduce((total, edit) => total + Number(edit.held), 0)), currency)})}</span></div>${editTable(undecided)}</section>` : nothing}`;
}

const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);
const rounded = amount => Number(amount.toFixed(6)).toString();

function draw({usage: {currency}}, {figures, days}) {
  const hour = bar => HOUR.format(new Date(figures.hours[bar].start * 1000));
  drawChart(HOURS, {
    whole: true,
    bars: figures.hours.map((_, bar) => hour(bar)),
    series: Object.entries(STATES).map(([name, color]) => ({name, color, values: figures.hours.map(each => each[name])})),
    describe: bar => `${hour(bar)}: ${counts(Object.keys(STATES).map(name => [text(`state.${name}`), figures.hours[bar][name]]))}`
  });
  drawChart(DAYS, {
    bars: days.map(({day}) => DAY.format(new Date(day))),
    series: [{name: 'spent', color: '--accent', values: days.map(({cost}) => cost)}],
    describe: bar => `${DAY.format(new Date(days[bar].day))}: ${money(rounded(days[bar].cost), currency)}`
  });
}
