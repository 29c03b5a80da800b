// Sizes of one's own: any width and height within the bounds of the model.
import {text} from '../shared/language.js';

/** Width and height of a size as texts, or null. A size of one's own ends with a blank, which no named one does. */
export function sizeOf(value) {
  const parts = value.trim().split('x');
  return parts.length === 2 ? parts : null;
}

/** Whether a size is not one of the named ones, and the model takes others. */
export function customSize(value, sizes) {
  return Boolean(sizes.flexible) && value !== '' && !sizes.values.includes(value);
}

/** Returns why the model does not take a size, or null. */
export function problemOfSize(value, bounds) {
  const [width, height] = (sizeOf(value) ?? []).map(Number);
  if (!(width > 0) || !(height > 0)) return text('size.incomplete');
  const {edge_multiple: multiple, max_edge: max, max_ratio: ratio, min_pixels: least, max_pixels: most} = bounds;
  if (width % multiple || height % multiple) return text('size.multiple', {multiple});
  if (Math.max(width, height) > max) return text('size.edge', {max});
  if (Math.max(width / height, height / width) > ratio) return text('size.ratio', {ratio});
  if (width * height < least) return text('size.small', {least: megapixels(least)});
  if (width * height > most) return text('size.large', {most: megapixels(most)});
  return null;
}

function megapixels(pixels) {
  return (pixels / 1e6).toFixed(2);
}
