// Swagger UI for the contract, with two additions: the sandbox key is filled in, and the images of a response are displayed
// instead of megabytes of base64, which would freeze the page.

const LONG = 400;

// Shortened text of a response -> object URLs of the images that were removed from it.
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

// Runs before Swagger UI gets the response. Works on the text, so for JSON and event streams.
function withoutBase64(answer) {
  if (typeof answer.text !== 'string' || !answer.text.includes('"b64_json"')) return answer;
  const images = [];
  const text = answer.text.replace(/("b64_json"\s*:\s*")([A-Za-z0-9+/=]+)"/g, (whole, name, base64) => {
    if (base64.length < LONG) return whole;
    images.push(objectUrl(base64));
    return `${name}${base64.slice(0, 40)}… (${Math.round(base64.length * 3 / 4 / 1024)} KB, shown as an image)"`;
  });
  takenOut.set(text, images);
  answer.text = answer.data = text;
  try {
    answer.body = answer.obj = JSON.parse(text);
  } catch {
    answer.body = answer.obj = undefined; // an event stream is not JSON
  }
  return answer;
}

function imagesOf(text) {
  if (typeof text !== 'string') return [];
  const links = [...text.matchAll(/"url"\s*:\s*"(https?:[^"]+\/files\/[^"]+)"/g)].map(found => found[1]);
  return [...(takenOut.get(text) || []), ...links];
}

// Removes empty fields. The gateway treats them as not given.
function withoutUntouchedFields(request) {
  if (request.body instanceof FormData) {
    for (const [name, value] of [...request.body.entries()]) {
      const untouched = typeof value === 'string' ? value === '' : value.size === 0;
      if (untouched && request.body.getAll(name).length === 1) request.body.delete(name);
    }
  }
  return request;
}

const ImageDisplay = system => ({
  wrapComponents: {
    liveResponse: Original => props => {
      const element = system.React.createElement;
      const images = imagesOf(props.response && props.response.get('text'));
      const figure = (url, index) => element('figure', {key: url},
        element('a', {href: url, target: '_blank', rel: 'noreferrer'}, element('img', {src: url, alt: `Edited image ${index + 1}`})),
        element('figcaption', null, `Image ${index + 1} of the response`));
      return element('div', null, images.length > 0 && element('div', {className: 'response-images'}, images.map(figure)),
        element(Original, props));
    }
  }
});

// Swagger UI fills every field of a form with an example or with its first value. In this page's copy of the contract, optional
// fields without a default are empty instead: most of them are for one model or one output format only.
function withoutMadeUpValues(contract) {
  const schemas = contract.components.schemas;
  for (const [name, field] of Object.entries(schemas.ImageEditForm.properties)) {
    const schema = field.$ref ? schemas[field.$ref.split('/').pop()] : field;
    const text = schema.type !== 'array' && schema.format !== 'binary';
    if (text && schema.default === undefined && name !== 'size' && !schemas.ImageEditForm.required.includes(name)) schema.example = '';
  }
  return contract;
}

// Clears the body if the content type changes. Swagger UI would use form values as JSON text, and vice versa.
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
  plugins: [ImageDisplay, FreshBody],
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
