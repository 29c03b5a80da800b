// Tasks: edits that run after their request was answered.
import {badge, time} from '../shared/format.js';
import {text} from '../shared/language.js';
import {html, nothing} from '../shared/lit.js';
import {admin} from './admin.js';
import {pages} from './pages.js';
import {change} from './screen.js';

const STATES = ['queued', 'running', 'succeeded', 'failed', 'canceled'];
const ENDED = ['succeeded', 'failed', 'canceled'];

export function tasksScreen(query) {
  const state = STATES.includes(query.get('state')) ? query.get('state') : '';
  const list = pages(`tasks?${state ? `state=${state}` : ''}`);
  return {live: true, load: list.load, render: () => render(state, list)};
}

function render(state, list) {
  const choose = event => location.hash = `#/tasks${event.target.value ? `?state=${event.target.value}` : ''}`;
  const tasks = list.items();
  return html`<div class="title"><h1>${text('console.tasks')}</h1>
      <label class="row"><span class="soft">${text('filter.state')}</span><select id="task-state" class="choice" @change=${choose}>
        <option value="">${text('filter.all')}</option>
        ${STATES.map(each => html`<option value=${each} .selected=${state === each}>${text(`state.${each}`)}</option>`)}</select></label></div>
    <section class="card">${tasks.length === 0 ? html`<p class="body soft" id="no-tasks">${text('tasks.none')}</p>` : html`<div class="scroll"><table id="tasks"><thead><tr>
      <th>${text('edit.time')}</th><th>${text('task.id')}</th><th>${text('key')}</th><th>${text('edit.state')}</th><th class="right">${text('task.progress')}</th>
      <th>${text('edit.id')}</th><th></th></tr></thead><tbody>${tasks.map(row)}</tbody></table></div>`}
      ${list.more()}</section>`;
}

function row(task) {
  const cancel = () => confirm(text('task.confirm')) && change(() => admin('POST', `tasks/${task.id}/cancel`));
  return html`<tr data-task=${task.id}><td class="nowrap">${time(task.created_at)}</td><td class="mono" title=${task.id}>${task.id.slice(0, 15)}…</td>
    <td><a class="mono" href="#/edits?key=${task.key}">${task.key.slice(0, 12)}</a></td>
    <td>${badge(task.status)} ${task.error_code ? html`<span class="mono soft">${task.error_code}</span>` : nothing}</td>
    <td class="right">${task.progress.completed_images} / ${task.progress.asked}</td>
    <td><a class="mono" href="#/edits?request_id=${task.request_id}" title=${task.request_id}>${task.request_id.slice(0, 14)}…</a></td>
    <td class="right">${ENDED.includes(task.status) ? nothing : html`<button type="button" class="small cancel" @click=${cancel}>${text('run.cancel')}</button>`}</td></tr>`;
}
