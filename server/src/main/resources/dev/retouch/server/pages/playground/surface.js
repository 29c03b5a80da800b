// The drawing surface: the first image, the layers over it, and the pointer. Wheel or two fingers zoom, space or the middle button pan.
import {workingSize} from './layer.js';

const MAX_ZOOM = 12;
/** Tools that draw a line after the pointer. */
const STROKES = ['brush', 'pen', 'eraser'];

export class Surface {
  #view = {x: 0, y: 0, zoom: 1};
  #pointers = new Map();
  #gesture = null;
  #fitted = true;

  /** @param {import('./layer.js').Layer[]} layers from the lowest to the highest
   *  @param {() => {layer: import('./layer.js').Layer, brush: {tool: string, size: number}}} active the layer that is painted on, and the tool in
   *  use with its size as a fraction of the width */
  constructor(layers, active) {
    this.layers = layers;
    this.active = active;
    this.element = document.createElement('div');
    this.element.className = 'surface';
    this.stage = document.createElement('div');
    this.stage.className = 'stage';
    this.image = document.createElement('canvas');
    this.preview = document.createElement('canvas');
    this.preview.className = 'preview';
    this.ring = document.createElement('div');
    this.ring.className = 'ring';
    this.ring.hidden = true;
    this.stage.append(this.image, ...layers.map(layer => layer.canvas), this.preview);
    this.element.append(this.stage, this.ring);
    this.panning = false;
    this.#listen();
  }

  /** Shows an image. */
  async show(blob, width, height) {
    const size = workingSize(width, height);
    const bitmap = await createImageBitmap(blob, {resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'high'});
    for (const canvas of [this.image, this.preview]) Object.assign(canvas, size);
    this.image.getContext('2d').drawImage(bitmap, 0, 0);
    bitmap.close();
    this.layers.forEach(layer => layer.resize(width, height));
    this.fit();
  }

  /** Shows the whole image. */
  fit() {
    const {clientWidth, clientHeight} = this.element;
    const {width, height} = this.image;
    const zoom = Math.min((clientWidth - 24) / width, (clientHeight - 24) / height, 4);
    this.#fitted = true;
    this.#set((clientWidth - width * zoom) / 2, (clientHeight - height * zoom) / 2, Math.max(zoom, 0.01));
  }

  /** Zooms by a factor, around a point of the element or its center. */
  zoomBy(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    const zoom = Math.min(MAX_ZOOM, Math.max(0.05, this.#view.zoom * factor));
    const real = zoom / this.#view.zoom;
    this.#fitted = false;
    this.#set(x - (x - this.#view.x) * real, y - (y - this.#view.y) * real, zoom);
  }

  #set(x, y, zoom) {
    this.#view = {x, y, zoom};
    this.stage.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    this.stage.style.width = `${this.image.width}px`;
    this.stage.style.height = `${this.image.height}px`;
  }

  /** The point of an event as fractions of the image, with the pressure of a pen. */
  #point(event) {
    const box = this.element.getBoundingClientRect();
    const x = (event.clientX - box.left - this.#view.x) / (this.image.width * this.#view.zoom);
    const y = (event.clientY - box.top - this.#view.y) / (this.image.height * this.#view.zoom);
    const round = value => Math.round(value * 1e5) / 1e5;
    const pressure = event.pointerType === 'pen' && event.pressure > 0 ? Math.min(1, 0.25 + event.pressure * 0.75) : 1;
    return [round(x), round(y), round(pressure)];
  }

  #listen() {
    const element = this.element;
    new ResizeObserver(() => this.#fitted && this.fit()).observe(element);
    element.addEventListener('wheel', event => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
    }, {passive: false});
    element.addEventListener('pointerdown', event => this.#down(event));
    element.addEventListener('pointermove', event => this.#move(event));
    element.addEventListener('pointerup', event => this.#up(event));
    element.addEventListener('pointercancel', event => this.#up(event));
    element.addEventListener('pointerleave', () => this.ring.hidden = true);
    element.addEventListener('contextmenu', event => event.preventDefault());
  }

  #down(event) {
    this.element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
    event.preventDefault();
    if (this.#pointers.size === 2) {
      this.#end();
      this.#gesture = {kind: 'pinch', ...this.#pinch()};
    } else if (this.panning || event.button === 1) {
      this.#gesture = {kind: 'pan', x: event.clientX - this.#view.x, y: event.clientY - this.#view.y};
    } else if (event.button === 0 || event.button === 5) {
      this.#begin(event);
    }
  }

  #begin(event) {
    const {layer, brush} = this.active();
    const {tool} = brush;
    const erase = tool === 'eraser' || event.button === 5 || event.altKey;
    const point = this.#point(event);
    const [x, y] = point;
    if (STROKES.includes(tool)) {
      layer.beginStroke({kind: 'stroke', erase, ...layer.style(brush), points: [point]});
      this.#gesture = {kind: 'stroke', layer};
    } else if (tool === 'fill' || tool === 'text') {
      const inside = x >= 0 && x < 1 && y >= 0 && y < 1;
      if (inside && tool === 'fill') layer.add({kind: 'fill', erase, x, y});
      if (inside && tool === 'text' && brush.text.trim()) layer.add({kind: 'text', text: brush.text.trim(), x, y, ...layer.style(brush)});
    } else {
      this.#gesture = {kind: tool, layer, style: layer.style(brush), erase, points: [point]};
    }
  }

  #move(event) {
    this.#showRing(event);
    if (!this.#pointers.has(event.pointerId)) return;
    this.#pointers.set(event.pointerId, event);
    const gesture = this.#gesture;
    if (!gesture) return;
    if (gesture.kind === 'pan') {
      this.#fitted = false;
      this.#set(event.clientX - gesture.x, event.clientY - gesture.y, this.#view.zoom);
    } else if (gesture.kind === 'pinch') {
      const now = this.#pinch();
      this.zoomBy(now.distance / gesture.distance, now.x, now.y);
      this.#set(this.#view.x + now.x - gesture.x, this.#view.y + now.y - gesture.y, this.#view.zoom);
      Object.assign(gesture, now);
    } else {
      const events = event.getCoalescedEvents?.() ?? [];
      const points = (events.length > 0 ? events : [event]).map(each => this.#point(each));
      if (gesture.kind === 'stroke') {
        gesture.layer.extendStroke(points);
      } else {
        gesture.points = gesture.kind === 'lasso' ? [...gesture.points, ...points] : [gesture.points[0], points.at(-1)];
        this.#outline(gesture);
      }
    }
  }

  #up(event) {
    this.#pointers.delete(event.pointerId);
    this.#end();
  }

  #end() {
    const gesture = this.#gesture;
    this.#gesture = null;
    this.preview.getContext('2d').clearRect(0, 0, this.preview.width, this.preview.height);
    if (gesture?.kind === 'stroke') gesture.layer.endStroke();
    if (gesture?.kind === 'rectangle' && gesture.points.length > 1) {
      gesture.layer.add({kind: 'rectangle', erase: gesture.erase, ...corners(gesture.points)});
    }
    if (gesture?.kind === 'lasso' && gesture.points.length > 2) {
      gesture.layer.add({kind: 'lasso', erase: gesture.erase, points: gesture.points});
    }
    if (gesture?.kind === 'arrow' && gesture.points.length > 1) {
      gesture.layer.add({kind: 'arrow', ...gesture.style, from: gesture.points[0], to: gesture.points[1]});
    }
  }

  #outline(gesture) {
    const {width, height} = this.preview;
    const context = this.preview.getContext('2d');
    context.clearRect(0, 0, width, height);
    context.lineWidth = 2 / this.#view.zoom;
    context.beginPath();
    if (gesture.kind === 'lasso' || gesture.kind === 'arrow') {
      gesture.points.forEach(([x, y]) => context.lineTo(x * width, y * height));
    } else {
      const box = corners(gesture.points);
      context.rect(box.x * width, box.y * height, box.width * width, box.height * height);
    }
    for (const [color, dash] of [['#ffffff', []], ['#1f2a37', [8, 8]]]) {
      context.strokeStyle = color;
      context.setLineDash(dash.map(length => length / this.#view.zoom));
      context.stroke();
    }
  }

  #pinch() {
    const box = this.element.getBoundingClientRect();
    const [first, second] = [...this.#pointers.values()];
    return {
      x: (first.clientX + second.clientX) / 2 - box.left,
      y: (first.clientY + second.clientY) / 2 - box.top,
      distance: Math.max(1, Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY))
    };
  }

  #showRing(event) {
    const {brush} = this.active();
    const painting = STROKES.includes(brush.tool);
    this.ring.hidden = !painting || this.panning || event.pointerType === 'touch';
    const box = this.element.getBoundingClientRect();
    const size = brush.size * this.image.width * this.#view.zoom;
    this.ring.style.width = this.ring.style.height = `${size}px`;
    this.ring.style.transform = `translate(${event.clientX - box.left - size / 2}px, ${event.clientY - box.top - size / 2}px)`;
  }
}

function corners([[x1, y1], [x2, y2]]) {
  return {x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1)};
}
