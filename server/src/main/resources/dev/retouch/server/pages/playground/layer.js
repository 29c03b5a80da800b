// A layer over the first image, as a list of operations. Undo removes the last operation, so it works across reloads and across images of
// the same proportions. Coordinates and sizes are fractions of the image's width and height.

const MAX_EDGE = 2048;
const CHECKPOINT_AFTER = 12;
/** The width and height in which a layer is measured. */
const SMALL = 128;

export function canvas(width, height) {
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

/** A subclass draws operations: `draw`, `drawStroke`, and `prepare` for those that need more than a moment before. */
export class Layer {
  #operations = [];
  #applied = 0;
  #checkpoint = null;
  #exported = null;
  #coverage = 0;
  #full = 0;

  /** @param {() => void} changed called after each completed change
   *  @param {string} name the class of the canvas */
  constructor(changed, name) {
    this.changed = changed;
    this.canvas = canvas(1, 1);
    this.canvas.className = name;
  }

  /** The painted share of the image, from 0 to 1; half-transparent paint counts as a part. */
  get coverage() {
    return this.#coverage;
  }

  /** The share of the image that is painted fully. */
  get full() {
    return this.#full;
  }

  get canUndo() {
    return this.#applied > 0;
  }

  get canRedo() {
    return this.#applied < this.#operations.length;
  }

  /** The operations that are applied. */
  get applied() {
    return this.#operations.slice(0, this.#applied);
  }

  /** The operations and how many of them are applied, for storage. */
  get saved() {
    return {operations: this.#operations, applied: this.#applied};
  }

  async restore(saved) {
    this.#operations = saved.operations;
    this.#applied = saved.applied;
    await Promise.all(this.#operations.map(operation => this.prepare(operation)));
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
    await this.prepare(operation);
    this.#push(operation);
    this.draw(operation);
    this.#finish();
  }

  /** Begins a stroke; `extendStroke` draws on, `endStroke` completes it. */
  beginStroke(operation) {
    this.#push(operation);
    this.drawStroke(operation, 0);
  }

  extendStroke(points) {
    const operation = this.#operations[this.#applied - 1];
    const from = operation.points.length - 1;
    operation.points.push(...points);
    this.drawStroke(operation, from);
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
    this.draw(this.#operations[this.#applied++]);
    this.#finish();
  }

  /** Loads what an operation needs before it is drawn. */
  async prepare() {}

  /**
   * Returns the layer as png in a size, drawn once for each state.
   *
   * @param paint draws the layer into a context of that size
   */
  exported(width, height, paint) {
    const name = `${width}x${height}`;
    if (this.#exported?.name !== name) {
      const result = canvas(width, height);
      paint(result.getContext('2d'));
      this.#exported = {name, blob: new Promise(resolve => result.toBlob(resolve, 'image/png'))};
    }
    return this.#exported.blob;
  }

  /** Draws the points of a stroke from an index on; a pen's pressure makes the line thinner. */
  strokeLine(context, operation, from) {
    const {width, height} = this.canvas;
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
    this.#operations.slice(from, this.#applied).forEach(operation => this.draw(operation));
    this.#measure();
  }

  #measure() {
    this.#exported = null;
    const small = canvas(SMALL, SMALL);
    const context = small.getContext('2d', {willReadFrequently: true});
    context.drawImage(this.canvas, 0, 0, SMALL, SMALL);
    const {data} = context.getImageData(0, 0, SMALL, SMALL);
    let sum = 0;
    let full = 0;
    for (let i = 3; i < data.length; i += 4) {
      sum += data[i];
      if (data[i] > 252) full++;
    }
    this.#coverage = sum / (SMALL * SMALL * 255);
    this.#full = full / (SMALL * SMALL);
  }
}
