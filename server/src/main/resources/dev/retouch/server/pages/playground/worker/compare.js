// Finds the pixels that differ between an image and its edit, outside the area that the mask allows to change.

const MAX_EDGE = 1024;
/** A channel must differ by more than this, of 255: less is noise of compression and of scaling. */
const THRESHOLD = 20;
/** Pixels this close to the masked area count as masked: edges are soft there. */
const MARGIN = 3;
/** Proportions may differ by this share; beyond it the pixels of both images cannot be compared. */
const PROPORTIONS = 0.02;

/** Returns the share of changed pixels from 0 to 1 and a heat map as png, or null if the images are not comparable. */
export async function compare({before, after, mask}) {
  const [first, second, allowed] = await Promise.all([before, after, mask].map(blob => blob && createImageBitmap(blob).catch(() => null)));
  if (!first || !second || Math.abs(first.width / first.height / (second.width / second.height) - 1) > PROPORTIONS) return null;
  const scale = Math.min(1, MAX_EDGE / Math.max(second.width, second.height));
  const width = Math.max(1, Math.round(second.width * scale));
  const height = Math.max(1, Math.round(second.height * scale));
  const was = pixels(first, width, height);
  const is = pixels(second, width, height);
  const free = allowed ? editable(pixels(allowed, width, height), width, height) : new Uint8Array(width * height);
  const heat = new ImageData(width, height);
  let compared = 0;
  let changed = 0;
  for (let index = 0, at = 0; at < was.length; index++, at += 4) {
    if (free[index]) continue;
    compared++;
    let difference = 0;
    for (let channel = 0; channel < 4; channel++) difference = Math.max(difference, Math.abs(was[at + channel] - is[at + channel]));
    if (difference > THRESHOLD) changed++;
    heat.data.set(colorOf(difference), at);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').putImageData(heat, 0, 0);
  return {share: compared === 0 ? 0 : changed / compared, heat: await canvas.convertToBlob({type: 'image/png'}), masked: Boolean(allowed)};
}

function pixels(bitmap, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Marks the pixels that the mask leaves to the edit, and those within the margin of them. */
function editable(mask, width, height) {
  const marked = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[(y * width + x) * 4 + 3] === 255) continue;
      const left = Math.max(0, x - MARGIN);
      const right = Math.min(width, x + MARGIN + 1);
      for (let row = Math.max(0, y - MARGIN); row < Math.min(height, y + MARGIN + 1); row++) {
        marked.fill(1, row * width + left, row * width + right);
      }
    }
  }
  return marked;
}

/** From transparent over yellow to red: below the threshold nothing is shown. */
function colorOf(difference) {
  if (difference <= THRESHOLD) return [0, 0, 0, 0];
  const heat = Math.min(1, (difference - THRESHOLD) / 120);
  return [255, Math.round(210 * (1 - heat)), 0, Math.round(150 + 105 * heat)];
}
