// Starts the console: the session, then the screen that the address names.
import {languageChoice, text} from '../shared/language.js';
import {html, nothing, render} from '../shared/lit.js';
import {onSignedOut, signIn, signOut, signedIn} from './admin.js';
import {editScreen, editsScreen} from './edits.js';
import {groupScreen, groupsScreen} from './groups.js';
import {ledgerScreen} from './ledger.js';
import {tasksScreen} from './tasks.js';
import {todayScreen} from './today.js';
import {upstreamsScreen} from './upstreams.js';
import {close, currentScreen, onRender, rendered, show} from './screen.js';

const SCREENS = {today: todayScreen, edits: editsScreen, groups: groupsScreen, upstreams: upstreamsScreen,
  tasks: tasksScreen, ledger: ledgerScreen};
const DETAILS = {edits: editScreen, groups: groupScreen};

let open = false;
let problem = null;

document.title = `Retouch · ${text('console')}`;

function page() {
  const {name} = place();
  return html`
    <header class="bar">
      <a class="home" href="/"><img src="/favicon.svg" alt="">Retouch</a>
      ${open ? Object.keys(SCREENS).map(each => html`<a href="#/${each}" aria-current=${each === name ? 'page' : nothing}>${text(`console.${each}`)}</a>`) : nothing}
      <span class="end">${open ? html`<button type="button" class="small on-bar" id="sign-out" @click=${leave}>${text('console.signOut')}</button>` : nothing}
        ${languageChoice()}</span>
    </header>
    <main class="report">${open ? currentScreen() : signInForm()}</main>`;
}

function signInForm() {
  const submit = async event => {
    event.preventDefault();
    const token = new FormData(event.target).get('token').trim();
    problem = await signIn(token) ? null : text('console.wrongToken');
    open = problem === null;
    if (open) navigate();
    draw();
  };
  return html`<form class="card sign-in" @submit=${submit}>
    <h1>${text('console')}</h1>
    <div class="field ${problem ? 'wrong' : ''}"><label for="token">${text('console.token')}</label>
      <input id="token" name="token" type="password" autocomplete="current-password" spellcheck="false" required aria-describedby="token-problem">
      <span class="message" id="token-problem" role=${problem ? 'alert' : nothing}>${problem ?? ''}</span></div>
    <button class="primary" id="sign-in">${text('console.signIn')}</button>
    <p class="soft">${text('console.tokenNote')}</p>
  </form>`;
}

/** The screen and its detail that the address names: `#/edits/req_1?group=a`. */
function place() {
  const [path, query = ''] = location.hash.slice(2).split('?');
  const [name, ...detail] = path.split('/');
  return {name: SCREENS[name] ? name : 'today', detail: detail.map(decodeURIComponent).join('/'), query: new URLSearchParams(query)};
}

function navigate() {
  const {name, detail, query} = place();
  show(detail && DETAILS[name] ? DETAILS[name](detail) : SCREENS[name](query));
}

async function leave() {
  close();
  await signOut();
  open = false;
  draw();
}

function draw() {
  render(page(), document.getElementById('page'));
  rendered();
}

onRender(draw);
onSignedOut(() => {
  close();
  open = false;
  problem = text('console.expired');
  draw();
});
addEventListener('hashchange', () => open && navigate());
open = await signedIn();
if (open) navigate();
draw();
document.documentElement.dataset.ready = 'true';
