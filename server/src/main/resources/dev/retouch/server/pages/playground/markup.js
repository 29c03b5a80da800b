// The markup image: marks that the prompt explains, in colors, on a transparent ground.
import {Layer} from './layer.js';

/** The colors of marks by name: strong ones, which a model can name. */
export const INKS = {red: '#e8253f', yellow: '#ffd400', green: '#12a150', blue: '#1769e0', black: '#101418', white: '#ffffff'};

export class Markup extends Layer {
  constructor(changed) {
    super(changed, 'markup');
  }

  /** What a mark has besides its place. */
  style({size, color}) {
    return {size, color};
  }

  /** Returns the marks as png in the size of the image. */
  export(width, height) {
    return this.exported(width, height, context => context.drawImage(this.canvas, 0, 0, width, height));
  }

  draw(operation) {
    const {width, height} = this.canvas;
    const context = this.#context(operation);
    if (operation.kind === 'stroke') {
      this.drawStroke(operation, 0);
    } else if (operation.kind === 'arrow') {
      this.#arrow(context, operation);
    } else if (operation.kind === 'text') {
      context.font = `600 ${Math.max(12, operation.size * width * 4)}px system-ui, sans-serif`;
      context.textBaseline = 'middle';
      context.fillText(operation.text, operation.x * width, operation.y * height);
    } else if (operation.kind === 'all') {
      context.clearRect(0, 0, width, height);
    }
  }

  drawStroke(operation, from) {
    this.strokeLine(this.#context(operation), operation, from);
  }

  /** A line with a point at its end. */
  #arrow(context, {from, to, size}) {
    const {width, height} = this.canvas;
    const [x1, y1, x2, y2] = [from[0] * width, from[1] * height, to[0] * width, to[1] * height];
    const thick = Math.max(2, size * width);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const head = Math.min(thick * 4, Math.hypot(x2 - x1, y2 - y1));
    context.lineCap = 'round';
    context.lineWidth = thick;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2 - Math.cos(angle) * head * 0.7, y2 - Math.sin(angle) * head * 0.7);
    context.stroke();
    context.beginPath();
    context.moveTo(x2, y2);
    for (const side of [-1, 1]) context.lineTo(x2 - Math.cos(angle + side * 0.5) * head, y2 - Math.sin(angle + side * 0.5) * head);
    context.fill();
  }

  #context(operation) {
    const context = this.canvas.getContext('2d');
    context.globalCompositeOperation = operation.erase ? 'destination-out' : 'source-over';
    context.fillStyle = context.strokeStyle = INKS[operation.color] ?? INKS.red;
    return context;
  }
}
