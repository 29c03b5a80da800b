// The mask: what is painted may change.
import {canvas, Layer, workingSize} from './layer.js';

/** Directions in which copies are drawn to grow an area. */
const GROW_STEPS = 24;

export class Mask extends Layer {
  #bitmaps = new WeakMap();

  constructor(changed) {
    super(changed, 'mask');
  }

  /** Whether its edge was made soft. */
  get soft() {
    const last = this.applied.findLastIndex(({kind, erase}) => kind === 'image' || (kind === 'all' && erase));
    return this.applied.slice(last + 1).some(({kind}) => kind === 'feather');
  }

  /** What a stroke has besides its points. */
  style({size}) {
    return {size};
  }

  /** Returns the mask as the gateway takes it, in the size of the image: a png that is transparent where the image may change. */
  export(width, height) {
    return this.exported(width, height, context => {
      context.fillRect(0, 0, width, height);
      context.globalCompositeOperation = 'destination-out';
      context.drawImage(this.canvas, 0, 0, width, height);
    });
  }

  async prepare(operation) {
    if (operation.kind !== 'image' || this.#bitmaps.has(operation)) return;
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

  draw(operation) {
    const {width, height} = this.canvas;
    const context = this.#context(operation);
    if (operation.kind === 'stroke') {
      this.drawStroke(operation, 0);
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
    } else if (operation.kind === 'feather') {
      this.#feather(Math.max(1, operation.by * width));
    } else if (operation.kind === 'fill') {
      flood(context, Math.floor(operation.x * width), Math.floor(operation.y * height), operation.erase, this.#color());
    } else if (operation.kind === 'image') {
      context.clearRect(0, 0, width, height);
      context.drawImage(this.#bitmaps.get(operation), 0, 0, width, height);
      context.globalCompositeOperation = 'source-in';
      context.fillRect(0, 0, width, height);
    }
  }

  drawStroke(operation, from) {
    this.strokeLine(this.#context(operation), operation, from);
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

  /** Makes the edge soft, so many pixels to both sides. Paint at the border of the image continues beyond it, so the border is no edge. */
  #feather(radius) {
    const {width, height} = this.canvas;
    const beyond = Math.ceil(radius * 2);
    const wide = canvas(width + 2 * beyond, height + 2 * beyond);
    const context = wide.getContext('2d');
    for (const [from, length, to, stretched] of [[0, 1, 0, beyond], [0, width, beyond, width], [width - 1, 1, beyond + width, beyond]]) {
      for (const [top, tall, at, high] of [[0, 1, 0, beyond], [0, height, beyond, height], [height - 1, 1, beyond + height, beyond]]) {
        context.drawImage(this.canvas, from, top, length, tall, to, at, stretched, high);
      }
    }
    const target = this.canvas.getContext('2d');
    target.globalCompositeOperation = 'copy';
    target.filter = `blur(${radius / 2}px)`;
    target.drawImage(wide, -beyond, -beyond);
    target.filter = 'none';
    target.globalCompositeOperation = 'source-over';
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

/** Whether this browser can make edges soft. */
export const canFeather = 'filter' in CanvasRenderingContext2D.prototype;

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
