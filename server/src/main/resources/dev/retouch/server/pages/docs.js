// Swagger UI on our own document, with two additions: the sandbox key is filled in, and an answer's images are shown as
// pictures instead of megabytes of base64, which would freeze the page.

const LONG = 400;

// Shortened answer text -> object URLs of the images that were taken out of it.
const takenOut = new Map();

function typeOf(base64) {
  if (base64.startsWith('/9j/')) return 'image/jpeg';
  if (base64.startsWith('UklGR')) return 'image/webp';
  return 'image/png';
}

function objectUrl(base64) {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], {type: typeOf(base64)}));
}

// Runs before Swagger UI sees the answer. Works on JSON and on event streams alike, because it looks at the text.
function withoutBase64(answer) {
  if (typeof answer.text !== 'string' || !answer.text.includes('"b64_json"')) return answer;
  const pictures = [];
  const text = answer.text.replace(/("b64_json"\s*:\s*")([A-Za-z0-9+/=]+)"/g, (whole, name, base64) => {
    if (base64.length < LONG) return whole;
    pictures.push(objectUrl(base64));
    return `${name}${base64.slice(0, 40)}… (${Math.round(base64.length * 3 / 4 / 1024)} KB, shown as a picture)"`;
  });
  takenOut.set(text, pictures);
  answer.text = answer.data = text;
  try {
    answer.body = answer.obj = JSON.parse(text);
  } catch {
    answer.body = answer.obj = undefined; // events are no JSON document
  }
  return answer;
}

function picturesOf(text) {
  if (typeof text !== 'string') return [];
  const links = [...text.matchAll(/"url"\s*:\s*"(https?:[^"]+\/files\/[^"]+)"/g)].map(found => found[1]);
  return [...(takenOut.get(text) || []), ...links];
}

// Fields that nobody touched are not worth sending; the server would take them for "not given" anyway.
function withoutUntouchedFields(request) {
  if (request.body instanceof FormData) {
    for (const [name, value] of [...request.body.entries()]) {
      const untouched = typeof value === 'string' ? value === '' : value.size === 0;
      if (untouched && request.body.getAll(name).length === 1) request.body.delete(name);
    }
  }
  return request;
}

const Pictures = system => ({
  wrapComponents: {
    liveResponse: Original => props => {
      const element = system.React.createElement;
      const pictures = picturesOf(props.response && props.response.get('text'));
      const figure = (url, index) => element('figure', {key: url},
        element('a', {href: url, target: '_blank', rel: 'noreferrer'}, element('img', {src: url, alt: `Edited image ${index + 1}`})),
        element('figcaption', null, `Image ${index + 1} of the answer`));
      return element('div', null, pictures.length > 0 && element('div', {className: 'pictures'}, pictures.map(figure)),
        element(Original, props));
    }
  }
});

// Swagger UI fills every field with an example or with the first of its values. A field that has no default is better left
// alone, so in this page's copy of the document its example is empty.
function withoutMadeUpValues(contract) {
  for (const name of ['InputFidelity', 'EndUser']) contract.components.schemas[name].example = '';
  return contract;
}

// Swagger UI would keep what was entered into the form as the text of a JSON body, and the other way round.
const FreshBody = () => ({
  statePlugins: {
    oas3: {
      wrapActions: {
        setRequestContentType: (original, system) => change => {
          system.oas3Actions.setRequestBodyValue({value: undefined, pathMethod: change.pathMethod});
          return original(change);
        }
      }
    }
  }
});

const contract = fetch('/openapi.json').then(answer => answer.json()).then(withoutMadeUpValues);
const key = fetch('/docs/sandbox.json').then(answer => answer.json()).then(answer => answer.key);

contract.then(spec => window.ui = SwaggerUIBundle({
  spec,
  dom_id: '#swagger',
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  syntaxHighlight: {activated: true},
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [Pictures, FreshBody],
  requestInterceptor: withoutUntouchedFields,
  responseInterceptor: withoutBase64,
  onComplete: () => key.then(value => {
    const note = document.getElementById('key-note');
    if (!value) {
      note.textContent = 'Use “Authorize” to enter your key.';
      return;
    }
    window.ui.preauthorizeApiKey('bearer', value);
    note.textContent = 'The sandbox key is filled in: edits here are free.';
  })
}));
