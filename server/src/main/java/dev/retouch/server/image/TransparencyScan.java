package dev.retouch.server.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Finds out whether any pixel of a PNG is fully transparent, which is where an edit may change it. Reads the file once,
 * row by row, and stops at the first such pixel; what it needs in memory is two rows. Filters and interlacing as in the
 * W3C PNG specification, sections 8 and 9.
 */
public final class TransparencyScan {

    /** First column, first row, column step and row step of Adam7's passes; the last row is the whole picture. */
    private static final int[][] ADAM7 = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4},
            {1, 0, 2, 2}, {0, 1, 1, 2}};
    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    /** Whether a PNG has a fully transparent pixel. */
    public boolean hasTransparentPixel(ImageBytes png) throws IOException, BadImageException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(png.open(), 32 * 1024))) {
            PngHeader header = PngHeader.read(in);
            if (!header.mayBeTransparent()) {
                return false;
            }
            int[][] passes = header.interlaced() ? ADAM7 : WHOLE;
            try (InputStream pixels = new InflaterInputStream(new PixelChunks(in, header.firstPixelChunk()))) {
                for (int[] pass : passes) {
                    if (scan(pixels, header, pass)) {
                        return true;
                    }
                }
            }
            return false;
        } catch (EOFException | ZipException e) {
            throw BadImageException.damaged("a png whose pixels are cut off or damaged");
        }
    }

    private static boolean scan(InputStream pixels, PngHeader header, int[] pass)
            throws IOException, BadImageException {
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
            int filter = pixels.read();
            if (filter < 0 || pixels.readNBytes(row, 0, rowBytes) < rowBytes) {
                throw new EOFException();
            }
            unfilter(filter, row, above, bytesPerPixel);
            if (header.hasTransparentPixel(row, columns)) {
                return true;
            }
            byte[] next = above;
            above = row;
            row = next;
        }
        return false;
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int bytesPerPixel) throws BadImageException {
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
                default -> throw BadImageException.damaged("a png with a filter that does not exist");
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

    /** The content of the IDAT chunks, one behind the other. */
    private static final class PixelChunks extends InputStream {

        private final DataInputStream in;
        private int left;

        PixelChunks(DataInputStream in, int firstChunk) {
            this.in = in;
            this.left = firstChunk;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (left == 0) {
                in.skipNBytes(4);
                left = in.readInt();
                if (in.readInt() != PngHeader.IDAT || left < 0) {
                    return -1;
                }
            }
            int count = in.read(target, offset, Math.min(length, left));
            if (count > 0) {
                left -= count;
            }
            return count;
        }
    }
}
