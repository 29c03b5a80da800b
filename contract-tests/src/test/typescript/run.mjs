// Gives the compiled edits what only Node has, files and arguments, and prints what came of them.
import { readFile } from 'node:fs/promises';
import { Edits } from './edits.js';

const [baseUrl, input, second, mask, imageUrl] = process.argv.slice(2);
const blob = async (file) => new Blob([await readFile(file)]);
const edits = new Edits(baseUrl, process.env.RETOUCH_KEY);

console.log(JSON.stringify({
    files: await edits.files(await blob(input), await blob(second), await blob(mask)),
    json: await edits.json(imageUrl),
    events: await edits.events(await blob(input)),
    refusal: await edits.refusal(await blob(input)),
    models: await edits.models(),
    usage: await edits.usage(),
}));
