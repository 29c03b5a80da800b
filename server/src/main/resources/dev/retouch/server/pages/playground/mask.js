// The mask, as a list of operations. Undo removes the last operation, so it works across reloads and across images of the same
// proportions. Coordinates and sizes are fractions of the image's width and height.

const MAX_EDGE = 2048;
const CHECKPOINT_AFTER = 12;
/** Directions in which copies are drawn to grow an area. */
const GROW_STEPS = 24;

function canvas(width, height) {
  const created = document.createElement('canvas');
  created.width = width;
  created.height = height;
  return created;
}

/** Returns the size in which an image is painted on: its own, or a smaller one of the same proportions. */
export function workingSize(width, height) {
  const scale = Math.min(1, MAX_EDGE / Math.max(width, height));
  return {width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale))};
}

export class Mask {
  #operations = [];
  #applied = 0;
  #checkpoint = null;
  #bitmaps = new WeakMap();
  #exported = null;
  #coverage = 0;

  /** @param {() => void} changed called after each completed change */
  constructor(changed) {
    this.changed = changed;
    this.canvas = canvas(1, 1);
    this.canvas.className = 'mask';
  }

  /** The share of the image that may change, from 0 to 1. */
  get coverage() {
    return this.#coverage;
  }

  get canUndo() {
    return this.#applied > 0;
  }

  get canRedo() {
    return this.#applied < this.#operations.length;
  }

  /** The operations and how many of them are applied, for storage. */
  get saved() {
    return {operations: this.#operations, applied: this.#applied};
  }

  async restore(saved) {
    this.#operations = saved.operations;
    this.#applied = saved.applied;
    await Promise.all(this.#operations.filter(operation => operation.kind === 'image').map(operation => this.#load(operation)));
    this.#redraw();
  }

  /** Sets the proportions of the image; the operations stay. */
  resize(width, height) {
    const size = workingSize(width, height);
    if (size.width === this.canvas.width && size.height === this.canvas.height) return;
    Object.assign(this.canvas, size);
    this.#checkpoint = null;
    this.#redraw();
  }

  /** Removes all operations, without undo. */
  reset() {
    this.#operations = [];
    this.#applied = 0;
    this.#checkpoint = null;
    this.#redraw();
    this.changed();
  }

  /** Adds a complete operation. */
  async add(operation) {
    if (operation.kind === 'image') await this.#load(operation);
    this.#push(operation);
    this.#draw(operation);
    this.#finish();
  }

  /** Begins a stroke; `extendStroke` draws on, `endStroke` completes it. */
  beginStroke(operation) {
    this.#push(operation);
    this.#drawStroke(operation, 0);
  }

  extendStroke(points) {
    const operation = this.#operations[this.#applied - 1];
    const from = operation.points.length - 1;
    operation.points.push(...points);
    this.#drawStroke(operation, from);
  }

  endStroke() {
    this.#finish();
  }

  undo() {
    if (!this.canUndo) return;
    this.#applied--;
    this.#redraw();
    this.changed();
  }

  redo() {
    if (!this.canRedo) return;
    this.#draw(this.#operations[this.#applied++]);
    this.#finish();
  }

  /** Returns the mask as the gateway takes it, in the size of the image: a png that is transparent where the image may change. */
  export(width, height) {
    const name = `${width}x${height}`;
    if (this.#exported?.name !== name) {
      const result = canvas(width, height);
      const context = result.getContext('2d');
      context.fillRect(0, 0, width, height);
      context.globalCompositeOperation = 'destination-out';
      context.drawImage(this.canvas, 0, 0, width, height);
      this.#exported = {name, blob: new Promise(resolve => result.toBlob(resolve, 'image/png'))};
    }
    return this.#exported.blob;
  }

  #push(operation) {
    this.#operations.length = this.#applied;
    if (this.#checkpoint?.count > this.#applied) this.#checkpoint = null;
    this.#operations.push(operation);
    this.#applied++;
  }

  #finish() {
    if (this.#applied - (this.#checkpoint?.count ?? 0) > CHECKPOINT_AFTER) {
      const copy = canvas(this.canvas.width, this.canvas.height);
      copy.getContext('2d').drawImage(this.canvas, 0, 0);
      this.#checkpoint = {count: this.#applied, canvas: copy};
    }
    this.#measure();
    this.changed();
  }

  #redraw() {
    const context = this.canvas.getContext('2d');
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    let from = 0;
    if (this.#checkpoint && this.#checkpoint.count <= this.#applied) {
      context.drawImage(this.#checkpoint.canvas, 0, 0);
      from = this.#checkpoint.count;
    }
    this.#operations.slice(from, this.#applied).forEach(operation => this.#draw(operation));
    this.#measure();
  }

  #measure() {
    this.#exported = null;
    const small = canvas(128, 128);
    const context = small.getContext('2d', {willReadFrequently: true});
    context.drawImage(this.canvas, 0, 0, 128, 128);
    const {data} = context.getImageData(0, 0, 128, 128);
    let sum = 0;
    for (let i = 3; i < data.length; i += 4) sum += data[i];
    this.#coverage = sum / (128 * 128 * 255);
  }

  async #load(operation) {
    const bitmap = await createImageBitmap(operation.blob);
    const {width, height} = workingSize(bitmap.width, bitmap.height);
    const loaded = canvas(width, height);
    const context = loaded.getContext('2d', {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height);
    toPainted(pixels.data);
    context.putImageData(pixels, 0, 0);
    this.#bitmaps.set(operation, loaded);
  }

  #draw(operation) {
    const {width, height} = this.canvas;
    const context = this.#context(operation);
    if (operation.kind === 'stroke') {
      this.#drawStroke(operation, 0);
    } else if (operation.kind === 'rectangle') {
      context.fillRect(operation.x * width, operation.y * height, operation.width * width, operation.height * height);
    } else if (operation.kind === 'lasso') {
      context.beginPath();
      operation.points.forEach(([x, y]) => context.lineTo(x * width, y * height));
      context.fill();
    } else if (operation.kind === 'all') {
      context.fillRect(0, 0, width, height);
    } else if (operation.kind === 'invert') {
      context.globalCompositeOperation = 'source-out';
      context.fillRect(0, 0, width, height);
    } else if (operation.kind === 'grow') {
      this.#grow(Math.abs(operation.by) * width, operation.by < 0);
    } else if (operation.kind === 'fill') {
      flood(context, Math.floor(operation.x * width), Math.floor(operation.y * height), operation.erase, this.#color());
    } else if (operation.kind === 'image') {
      context.clearRect(0, 0, width, height);
      context.drawImage(this.#bitmaps.get(operation), 0, 0, width, height);
      context.globalCompositeOperation = 'source-in';
      context.fillRect(0, 0, width, height);
    }
  }

  /** Moves the edge of the painted area outwards by a number of pixels, or inwards: then it grows the area that is not painted. */
  #grow(radius, inwards) {
    const {width, height} = this.canvas;
    const context = this.canvas.getContext('2d');
    const invert = () => {
      context.globalCompositeOperation = 'source-out';
      context.fillRect(0, 0, width, height);
    };
    if (inwards) invert();
    const copy = canvas(width, height);
    copy.getContext('2d').drawImage(this.canvas, 0, 0);
    context.globalCompositeOperation = 'source-over';
    for (let ring = radius; ring >= 0.5; ring -= Math.max(2, radius / 4)) {
      for (let step = 0; step < GROW_STEPS; step++) {
        const angle = 2 * Math.PI * step / GROW_STEPS;
        context.drawImage(copy, Math.cos(angle) * ring, Math.sin(angle) * ring);
      }
    }
    if (inwards) invert();
  }

  /** Draws the points of a stroke from an index on; a pen's pressure makes the line thinner. */
  #drawStroke(operation, from) {
    const {width, height} = this.canvas;
    const context = this.#context(operation);
    context.lineCap = context.lineJoin = 'round';
    for (let i = Math.max(from, operation.points.length === 1 ? 0 : 1); i < operation.points.length; i++) {
      const [x, y, pressure] = operation.points[i];
      const [fromX, fromY] = operation.points[Math.max(0, i - 1)];
      context.lineWidth = Math.max(1, operation.size * width * pressure);
      context.beginPath();
      context.moveTo(fromX * width, fromY * height);
      context.lineTo(x * width + (i === 0 ? 0.01 : 0), y * height);
      context.stroke();
    }
  }

  #context(operation) {
    const context = this.canvas.getContext('2d');
    context.globalCompositeOperation = operation.erase ? 'destination-out' : 'source-over';
    context.fillStyle = context.strokeStyle = this.#color();
    return context;
  }

  #color() {
    return getComputedStyle(document.documentElement).getPropertyValue('--mask').trim() || '#e0304e';
  }
}

/** Makes opaque what a mask marks: the transparent area of a mask with transparency, else the bright area. */
function toPainted(data) {
  let transparent = false;
  for (let i = 3; i < data.length && !transparent; i += 4) transparent = data[i] < 255;
  for (let i = 0; i < data.length; i += 4) {
    data[i + 3] = transparent ? 255 - data[i + 3] : Math.round((data[i] + data[i + 1] + data[i + 2]) / 3);
  }
}

/** Fills the area around a point that has the same state, painted or not, as that point. */
function flood(context, startX, startY, erase, color) {
  const {width, height} = context.canvas;
  const pixels = context.getImageData(0, 0, width, height);
  const words = new Uint32Array(pixels.data.buffer);
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));
  const filled = erase ? 0 : (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
  const fillable = index => (words[index] >>> 24 > 127) === erase;
  const start = Math.min(height - 1, startY) * width + Math.min(width - 1, startX);
  if (!fillable(start)) return;
  const waiting = [start];
  while (waiting.length > 0) {
    const seed = waiting.pop();
    if (!fillable(seed)) continue;
    const row = seed - seed % width;
    let left = seed;
    let right = seed;
    while (left > row && fillable(left - 1)) left--;
    while (right < row + width - 1 && fillable(right + 1)) right++;
    words.fill(filled, left, right + 1);
    for (const next of [left - width, left + width]) {
      if (next < 0 || next >= words.length) continue;
      for (let index = next, last = next + right - left; index <= last; index++) {
        if (fillable(index) && (index === next || !fillable(index - 1))) waiting.push(index);
      }
    }
  }
  context.putImageData(pixels, 0, 0);
}
