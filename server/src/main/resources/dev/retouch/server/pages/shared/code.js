// An edit as code in four languages. The API key is a variable, so that the code can be shared.

/** Parameters with methods or names of their own in the SDKs; others are sent as further fields of the form. */
const SDK = ['size', 'n', 'quality', 'background', 'output_format', 'output_compression', 'input_fidelity', 'moderation', 'response_format', 'user'];
const NUMBERS = ['n', 'output_compression'];
/** The code waits for the whole result, so it does not ask for a stream. */
const STREAMED = ['stream', 'partial_images'];

const WRITERS = {curl, python, typescript, java};

export const languages = {curl: 'curl', python: 'Python', typescript: 'TypeScript', java: 'Java'};

/** The name of a parameter in a form: `svg.model` is `svg[model]`. */
export function formName(parameter) {
  const [first, ...rest] = parameter.split('.');
  return first + rest.map(part => `[${part}]`).join('');
}

/**
 * Returns the code for a language. Images by address and marks are in no form of the SDKs: then it is curl.
 *
 * @param result the edit: names of files in `inputs`, `prompt`, `values` of parameters, `name` of the file for the result; `model` and
 *   `requestId`, which is a comment, may be missing
 * @param typed returns a value in the type that a document has it in
 */
export function code(language, result, typed = (name, value) => value) {
  if (result.addresses?.some(Boolean)) return curlDocument(result, typed);
  return result.markup && language !== 'java' ? curl(result) : WRITERS[language](result);
}

const shellQuoted = value => `'${String(value).replaceAll("'", `'\\''`)}'`;
/** A string literal that JavaScript, Python and Java read in the same way. */
const quoted = value => JSON.stringify(String(value)).replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** A comment with the request id, on a line of its own. */
const about = (mark, {requestId}) => requestId ? `${mark} request id: ${requestId}\n` : '';
const literal = (name, value) => NUMBERS.includes(name) && /^\d+$/.test(value) ? value : quoted(value);

function curl(result) {
  const name = result.inputs.length === 1 ? 'image' : 'image[]';
  const lines = [
    `curl ${location.origin}/v1/images/edits`,
    '-H "Authorization: Bearer $RETOUCH_KEY"',
    ...result.inputs.map(file => `-F ${shellQuoted(`${name}=@"${file}"`)}`),
    ...(result.mask ? ['-F mask=@mask.png'] : []),
    ...(result.markup ? ['-F markup=@markup.png'] : []),
    `--form-string ${shellQuoted(`prompt=${result.prompt}`)}`,
    ...(result.model ? [`-F ${shellQuoted(`model=${result.model}`)}`] : []),
    ...Object.entries(result.values).map(([parameter, value]) => `--form-string ${shellQuoted(`${formName(parameter)}=${value}`)}`)
  ];
  return `${about('#', result)}${lines.join(' \\\n  ')}`;
}

/** A document: images of files have to be put into it as data URLs. */
function curlDocument(result, typed) {
  const local = name => `data:image/png;base64,(${name})`;
  const document = {
    images: result.inputs.map((name, at) => ({image_url: result.addresses[at] ?? local(name)})),
    ...(result.mask ? {mask: {image_url: local('mask.png')}} : {}), ...(result.markup ? {markup: {image_url: local('markup.png')}} : {}),
    prompt: result.prompt, model: result.model
  };
  for (const [name, value] of Object.entries(result.values)) {
    const [first, ...rest] = name.split('.');
    if (rest.length === 0) document[first] = typed(name, value);
    else document[first] = {...document[first], ...rest.reduceRight((inner, part) => ({[part]: inner}), value)};
  }
  const lines = [`curl ${location.origin}/v1/images/edits`, '-H "Authorization: Bearer $RETOUCH_KEY"', '-H "Content-Type: application/json"',
    `-d ${shellQuoted(JSON.stringify(document, null, 2))}`];
  return `${about('#', result)}${lines.join(' \\\n  ')}`;
}

/** The parameters of a result: those that an SDK names, and the others by their name in the form. */
function split({values}) {
  const sent = Object.entries(values).filter(([name]) => !STREAMED.includes(name));
  return {
    named: sent.filter(([name]) => SDK.includes(name)),
    others: sent.filter(([name]) => !SDK.includes(name)).map(([name, value]) => [formName(name), value])
  };
}

function python(result) {
  const {named, others} = split(result);
  const files = result.inputs.map(file => `open(${quoted(file)}, "rb")`);
  const lines = [
    `image=${files.length === 1 ? files[0] : `[${files.join(', ')}]`}`,
    ...(result.mask ? ['mask=open("mask.png", "rb")'] : []),
    `prompt=${quoted(result.prompt)}`, ...(result.model ? [`model=${quoted(result.model)}`] : []),
    ...named.map(([name, value]) => `${name}=${literal(name, value)}`),
    ...(others.length > 0 ? [`extra_body={${others.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`).join(', ')}}`] : [])
  ];
  return `${about('#', result)}import base64
import os

from openai import OpenAI

client = OpenAI(base_url=${quoted(`${location.origin}/v1`)}, api_key=os.environ["RETOUCH_KEY"])
result = client.images.edit(
${lines.map(line => `    ${line},`).join('\n')}
)
with open(${quoted(result.name)}, "wb") as file:
    file.write(base64.b64decode(result.data[0].b64_json))
`;
}

function typescript(result) {
  const {named, others} = split(result);
  const files = result.inputs.map(file => `createReadStream(${quoted(file)})`);
  const lines = [
    `image: ${files.length === 1 ? files[0] : `[${files.join(', ')}]`}`,
    ...(result.mask ? ["mask: createReadStream('mask.png')"] : []),
    `prompt: ${quoted(result.prompt)}`, ...(result.model ? [`model: ${quoted(result.model)}`] : []),
    ...named.map(([name, value]) => `${name}: ${literal(name, value)}`),
    ...others.map(([name, value]) => `// @ts-expect-error: a parameter that the SDK does not know\n  ${quoted(name)}: ${quoted(value)}`)
  ];
  return `${about('//', result)}import {createReadStream, writeFileSync} from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI({baseURL: ${quoted(`${location.origin}/v1`)}, apiKey: process.env.RETOUCH_KEY});
const result = await client.images.edit({
${lines.map(line => `  ${line}`).join(',\n')}
});
writeFileSync(${quoted(result.name)}, Buffer.from(result.data![0].b64_json!, 'base64'));
`;
}

/** With the Java client of the gateway. Its methods for these parameters take texts and numbers; others take enums. */
const JAVA = ['size', 'n', 'output_compression', 'user'];

function java(result) {
  const sent = Object.entries(result.values).filter(([name]) => !STREAMED.includes(name));
  const method = name => name.replace(/_(\w)/g, (whole, letter) => letter.toUpperCase());
  const lines = [
    `ImageEdit.of(${result.inputs.map(file => `Path.of(${quoted(file)})`).join(', ')})`,
    ...(result.mask ? ['.mask(Path.of("mask.png"))'] : []),
    ...(result.markup ? ['.markup(Path.of("markup.png"))'] : []),
    `.prompt(${quoted(result.prompt)})`, ...(result.model ? [`.model(${quoted(result.model)})`] : []),
    ...sent.map(([name, value]) => JAVA.includes(name) ? `.${method(name)}(${literal(name, value)})`
      : `.parameter(${quoted(formName(name))}, ${quoted(value)})`)
  ];
  return `${about('//', result)}try (RetouchClient retouch = RetouchClient.at(${quoted(location.origin)}).withKey(System.getenv("RETOUCH_KEY"))) {
    ImagesResponse answer = retouch.edit(${lines.join('\n            ')});
    retouch.save(answer.getData().get(0), Path.of(${quoted(result.name)}));
}
`;
}
