package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.BitSet;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Checks whether any pixel of a PNG is fully transparent: the area that an edit may change. Reads the file once, row by row, up to
 * the first such pixel, with two rows in memory. Filters and interlacing follow the W3C PNG specification, sections 8 and 9.
 */
public final class TransparencyScan {

    /** The largest image that is scanned, in bytes of its rows; deflate makes a thousandth of them. */
    private static final long MAX_RAW_BYTES = 256L << 20;

    /** Whether a PNG has the pixels of all of its rows, which its end does not show if it is cut off or has no mark. */
    static boolean hasAllPixels(ImageBytes png) throws IOException, InvalidImageException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(png.open(), 32 * 1024))) {
            PngHeader header = PngHeader.read(in);
            long bytes = header.pixelBytes();
            if (bytes > MAX_RAW_BYTES) {
                return false;
            }
            try (InputStream pixels = new InflaterInputStream(new PngPixelChunks(in, header.firstPixelChunk()))) {
                byte[] buffer = new byte[32 * 1024];
                for (long left = bytes; left > 0;) {
                    checkInterruption();
                    int count = pixels.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (count < 0) {
                        return false;
                    }
                    left -= count;
                }
                return true;
            }
        } catch (EOFException | ZipException e) {
            return false;
        }
    }

    /** Whether a PNG has a fully transparent pixel. */
    public boolean hasTransparentPixel(ImageBytes png) throws IOException, InvalidImageException {
        return scan(png, (header, row, columns, pass, y) -> header.hasTransparentPixel(row, columns));
    }

    /** The fully transparent pixels of a PNG, by row and column: bit {@code y * width + x}. */
    public TransparentArea transparentArea(ImageBytes png) throws IOException, InvalidImageException {
        PngHeader head;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(png.open(), 32 * 1024))) {
            head = PngHeader.read(in);
        }
        if ((long) head.width() * head.height() > TransparentArea.MAX_PIXELS) {
            throw InvalidImageException.damaged("a png with more than " + TransparentArea.MAX_PIXELS
                    + " pixels, which is too large for a mask");
        }
        BitSet pixels = new BitSet(head.width() * head.height());
        scan(png, (header, row, columns, pass, y) -> {
            int start = (pass[1] + y * pass[3]) * header.width() + pass[0];
            for (int x = 0; x < columns; x++) {
                if (header.isTransparentPixel(row, x)) {
                    pixels.set(start + x * pass[2]);
                }
            }
            return false;
        });
        return new TransparentArea(head.width(), head.height(), pixels);
    }

    /** Looks at the rows of a PNG, in the order of the file. */
    @FunctionalInterface
    private interface RowVisitor {

        /** Whether the scan ends. */
        boolean visit(PngHeader header, byte[] row, int columns, int[] pass, int y);
    }

    private static boolean scan(ImageBytes png, RowVisitor visitor) throws IOException, InvalidImageException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(png.open(), 32 * 1024))) {
            PngHeader header = PngHeader.read(in);
            if (!header.mayBeTransparent()) {
                return false;
            }
            if ((long) header.width() * header.height() * header.bitsPerPixel() / 8 > MAX_RAW_BYTES) {
                throw InvalidImageException.damaged("a png with more than " + MAX_RAW_BYTES
                        + " bytes of pixels, which is too large for a mask");
            }
            try (InputStream pixels = new InflaterInputStream(new PngPixelChunks(in, header.firstPixelChunk()))) {
                for (int[] pass : header.passes()) {
                    if (scan(pixels, header, pass, visitor)) {
                        return true;
                    }
                }
            }
            return false;
        } catch (EOFException | ZipException e) {
            throw InvalidImageException.damaged("a png whose pixels are cut off or damaged");
        }
    }

    private static boolean scan(InputStream pixels, PngHeader header, int[] pass, RowVisitor visitor)
            throws IOException, InvalidImageException {
        int columns = Math.ceilDiv(header.width() - pass[0], pass[2]);
        int rows = Math.ceilDiv(header.height() - pass[1], pass[3]);
        if (columns <= 0 || rows <= 0) {
            return false;
        }
        int bytesPerPixel = Math.max(1, header.bitsPerPixel() / 8);
        int rowBytes = Math.toIntExact(Math.ceilDiv((long) columns * header.bitsPerPixel(), 8L));
        byte[] above = new byte[rowBytes];
        byte[] row = new byte[rowBytes];
        for (int y = 0; y < rows; y++) {
            checkInterruption();
            int filter = pixels.read();
            if (filter < 0 || pixels.readNBytes(row, 0, rowBytes) < rowBytes) {
                throw new EOFException();
            }
            unfilter(filter, row, above, bytesPerPixel);
            if (visitor.visit(header, row, columns, pass, y)) {
                return true;
            }
            byte[] next = above;
            above = row;
            row = next;
        }
        return false;
    }

    private static void checkInterruption() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("while an image was scanned");
        }
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int bytesPerPixel) throws InvalidImageException {
        for (int i = 0; i < row.length; i++) {
            int left = i < bytesPerPixel ? 0 : row[i - bytesPerPixel] & 0xff;
            int up = above[i] & 0xff;
            int corner = i < bytesPerPixel ? 0 : above[i - bytesPerPixel] & 0xff;
            int predicted = switch (filter) {
                case 0 -> 0;
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) / 2;
                case 4 -> paeth(left, up, corner);
                default -> throw InvalidImageException.damaged("a png with a filter that does not exist");
            };
            row[i] += (byte) predicted;
        }
    }

    private static int paeth(int left, int up, int corner) {
        int toLeft = Math.abs(up - corner);
        int toUp = Math.abs(left - corner);
        int toCorner = Math.abs(left + up - 2 * corner);
        if (toLeft <= toUp && toLeft <= toCorner) {
            return left;
        }
        return toUp <= toCorner ? up : corner;
    }
}
