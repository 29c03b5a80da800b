package dev.retouch.contract.image;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

import static dev.retouch.contract.image.FileBytes.exif;
import static dev.retouch.contract.image.FileBytes.exifLong;
import static dev.retouch.contract.image.FileBytes.exifSegment;
import static dev.retouch.contract.image.FileBytes.extendedHeader;
import static dev.retouch.contract.image.FileBytes.join;
import static dev.retouch.contract.image.FileBytes.latin;
import static dev.retouch.contract.image.FileBytes.multiPicture;
import static dev.retouch.contract.image.FileBytes.pngChunk;
import static dev.retouch.contract.image.FileBytes.riffChunk;
import static dev.retouch.contract.image.FileBytes.segment;
import static dev.retouch.contract.image.FileBytes.webp;
import static dev.retouch.contract.image.FileBytes.withChunks;
import static dev.retouch.contract.image.FileBytes.withSegments;
import static dev.retouch.contract.image.FileBytes.without;

/** Makes the files of the corpus. */
final class CorpusFiles {

    private static final byte[] JPEG = Encoded.jpeg(Encoded.drawn(BufferedImage.TYPE_INT_RGB));
    private static final byte[] PNG = Encoded.png(Encoded.drawn(BufferedImage.TYPE_INT_RGB));
    private static final byte[] MASK = Encoded.png(Encoded.withHole());
    private static final byte[] GAIN_MAP_XMP = segment(0xe1, latin("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:RDF>"
            + "<rdf:Description xmlns:hdrgm=\"http://ns.adobe.com/hdr-gain-map/1.0/\" hdrgm:Version=\"1.0\"/>"
            + "</rdf:RDF></x:xmpmeta>"));
    private static final int ANIMATION = 0x02;
    private static final int EXIF = 0x08;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private CorpusFiles() {}

    /** All files by name. */
    static Map<String, byte[]> all() {
        CorpusFiles corpus = new CorpusFiles();
        corpus.jpegs();
        corpus.pngs();
        corpus.webps();
        corpus.masks();
        return corpus.files;
    }

    private void jpegs() {
        files.put("plain.jpg", JPEG);
        byte[] progressive = Encoded.progressiveJpeg(Encoded.drawn(BufferedImage.TYPE_INT_RGB));
        files.put("progressive.jpg", progressive);
        files.put("grey.jpg", Encoded.jpeg(Encoded.drawn(BufferedImage.TYPE_BYTE_GRAY)));
        for (int orientation = 1; orientation <= 8; orientation++) {
            ByteOrder order = orientation % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            files.put("exif-" + orientation + ".jpg", withSegments(JPEG, exifSegment(exif(order, orientation))));
        }
        files.put("exif-long.jpg", withSegments(JPEG, exifSegment(exifLong(ByteOrder.BIG_ENDIAN, 6))));
        files.put("exif-nine.jpg", withSegments(JPEG, exifSegment(exif(ByteOrder.BIG_ENDIAN, 9))));
        files.put("exif-cut.jpg",
                withSegments(JPEG, exifSegment(Arrays.copyOf(exif(ByteOrder.BIG_ENDIAN, 6), 12))));
        files.put("exif-twice.jpg", withSegments(JPEG, exifSegment(exif(ByteOrder.LITTLE_ENDIAN, 6)),
                exifSegment(exif(ByteOrder.LITTLE_ENDIAN, 1))));
        files.put("mpf-one.jpg", withSegments(JPEG, multiPicture(1)));
        files.put("ultra-hdr.jpg", join(withSegments(JPEG, GAIN_MAP_XMP, multiPicture(2)), JPEG));
        files.put("ultra-hdr-iso.jpg", join(withSegments(JPEG, multiPicture(2),
                segment(0xe2, latin("urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"))), JPEG));
        files.put("mpo.jpg", join(withSegments(JPEG, multiPicture(2)), JPEG));
        files.put("cmyk.jpg", withSegments(Encoded.fourComponentJpeg(),
                segment(0xee, latin("Adobe\0d\0\0\0\0\0"))));
        files.put("stray-bytes.jpg", withSegments(JPEG, segment(0xfe, latin("a comment")), latin("\0\0stray"),
                new byte[]{(byte) 0xff, 0, 7}));
        files.put("fill-bytes.jpg", withSegments(JPEG, filled(5_000, (byte) 0xff)));
        files.put("trailer.jpg", join(JPEG, new byte[3_000]));
        files.put("motion-photo.jpg", join(JPEG, latin("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom"), random(2_000)));
        files.put("no-end.jpg", without(JPEG, 2));
        files.put("cut.jpg", without(JPEG, JPEG.length / 3));
        files.put("cut-by-few.jpg", without(JPEG, 40));
        files.put("cut-progressive.jpg", without(progressive, progressive.length / 3));
        files.put("cut-thumbnail.jpg",
                without(withSegments(JPEG, exifSegment(join(exif(ByteOrder.BIG_ENDIAN, 1), JPEG))),
                        JPEG.length / 3));
    }

    private void pngs() {
        files.put("plain.png", PNG);
        files.put("alpha.png", MASK);
        files.put("grey-16.png", Encoded.png(Encoded.drawn(BufferedImage.TYPE_USHORT_GRAY)));
        files.put("palette.png", Encoded.png(Encoded.drawn(BufferedImage.TYPE_BYTE_INDEXED)));
        files.put("bits.png", Encoded.png(Encoded.drawn(BufferedImage.TYPE_BYTE_BINARY)));
        files.put("interlaced.png", Encoded.interlacedPng(Encoded.drawn(BufferedImage.TYPE_INT_RGB)));
        files.put("exif-6.png", withChunks(PNG, pngChunk("eXIf", exif(ByteOrder.BIG_ENDIAN, 6))));
        files.put("exif-1.png", withChunks(PNG, pngChunk("eXIf", exif(ByteOrder.LITTLE_ENDIAN, 1))));
        byte[] control = ByteBuffer.allocate(26).putInt(0).putInt(Encoded.WIDTH).putInt(Encoded.HEIGHT).putInt(0)
                .putInt(0).putShort((short) 1).putShort((short) 10).put((byte) 0).put((byte) 0).array();
        files.put("apng-one-frame.png", withChunks(PNG, animation(1), pngChunk("fcTL", control)));
        byte[] second = join(new byte[]{0, 0, 0, 2}, pixels(PNG));
        byte[] controlOfSecond = control.clone();
        controlOfSecond[3] = 1;
        files.put("apng-two-frames.png", join(without(withChunks(PNG, animation(2), pngChunk("fcTL", control)), 12),
                pngChunk("fcTL", controlOfSecond), pngChunk("fdAT", second), pngChunk("IEND", new byte[0])));
        files.put("trailer.png", join(PNG, random(3_000)));
        files.put("no-end.png", without(PNG, 12));
        files.put("no-end-half.png", without(PNG, 7));
        files.put("cut.png", without(PNG, PNG.length / 3));
        files.put("cut-in-palette.png", Arrays.copyOf(files.get("palette.png"), 60));
    }

    private static byte[] animation(int frames) {
        return pngChunk("acTL", ByteBuffer.allocate(8).putInt(frames).putInt(0).array());
    }

    /** The content of the only IDAT chunk. */
    private static byte[] pixels(byte[] png) {
        for (int at = 8; at < png.length;) {
            int length = ByteBuffer.wrap(png).getInt(at);
            if (Arrays.equals(Arrays.copyOfRange(png, at + 4, at + 8), latin("IDAT"))) {
                return Arrays.copyOfRange(png, at + 8, at + 8 + length);
            }
            at += length + 12;
        }
        throw new IllegalStateException("a PNG without pixels");
    }

    private void webps() {
        byte[] lossy = Encoded.webp(Encoded.drawn(BufferedImage.TYPE_INT_RGB), false);
        byte[] lossless = Encoded.webp(Encoded.drawn(BufferedImage.TYPE_INT_RGB), true);
        byte[] chunk = Arrays.copyOfRange(lossless, 12, lossless.length);
        files.put("lossy.webp", lossy);
        files.put("lossless.webp", lossless);
        files.put("alpha.webp", Encoded.webp(Encoded.withHole(), false));
        files.put("extended.webp", webp(extendedHeader(0, Encoded.WIDTH, Encoded.HEIGHT), chunk));
        files.put("animation-bit.webp", webp(extendedHeader(ANIMATION, Encoded.WIDTH, Encoded.HEIGHT), chunk));
        byte[] frame = riffChunk("ANMF", join(new byte[6], new byte[]{Encoded.WIDTH - 1, 0, 0, Encoded.HEIGHT - 1, 0, 0,
                100, 0, 0, 0}, chunk));
        byte[] loop = riffChunk("ANIM", new byte[6]);
        files.put("animation-one-frame.webp",
                webp(extendedHeader(ANIMATION, Encoded.WIDTH, Encoded.HEIGHT), loop, frame));
        files.put("animation-two-frames.webp",
                webp(extendedHeader(ANIMATION, Encoded.WIDTH, Encoded.HEIGHT), loop, frame, frame));
        files.put("exif-6.webp", webp(extendedHeader(EXIF, Encoded.WIDTH, Encoded.HEIGHT), chunk,
                riffChunk("EXIF", exif(ByteOrder.LITTLE_ENDIAN, 6))));
        files.put("exif-8-prefixed.webp", webp(extendedHeader(EXIF, Encoded.WIDTH, Encoded.HEIGHT), chunk,
                riffChunk("EXIF", join(latin("Exif\0\0"), exif(ByteOrder.BIG_ENDIAN, 8)))));
        files.put("trailer.webp", join(lossy, random(500)));
        files.put("cut.webp", without(lossy, lossy.length / 3));
    }

    private void masks() {
        files.put("mask-rgba.png", MASK);
        files.put("mask-interlaced.png", Encoded.interlacedPng(Encoded.withHole()));
        files.put("mask-opaque.png", Encoded.png(Encoded.drawn(BufferedImage.TYPE_INT_ARGB)));
        files.put("mask-no-alpha.png", PNG);
        files.put("mask-cut.png", without(MASK, MASK.length / 3));
        byte[] grey = Encoded.png(new BufferedImage(Encoded.WIDTH, Encoded.HEIGHT, BufferedImage.TYPE_BYTE_GRAY));
        files.put("mask-grey-trns.png", withChunks(grey, pngChunk("tRNS", new byte[]{0, 0})));
        files.put("mask-grey-trns-high-bits.png", withChunks(grey, pngChunk("tRNS", new byte[]{(byte) 0xff, 0})));
        files.put("mask-grey-trns-other.png", withChunks(grey, pngChunk("tRNS", new byte[]{0, 1})));
        byte[] grey16 = Encoded.png(new BufferedImage(Encoded.WIDTH, Encoded.HEIGHT, BufferedImage.TYPE_USHORT_GRAY));
        files.put("mask-grey-16-trns.png", withChunks(grey16, pngChunk("tRNS", new byte[]{0, 0})));
        files.put("mask-grey-16-trns-other.png", withChunks(grey16, pngChunk("tRNS", new byte[]{(byte) 0xff, 0})));
        byte[] rgb = Encoded.png(new BufferedImage(Encoded.WIDTH, Encoded.HEIGHT, BufferedImage.TYPE_INT_RGB));
        files.put("mask-rgb-trns-high-bits.png", withChunks(rgb, pngChunk("tRNS", new byte[]{1, 0, 2, 0, 3, 0})));
    }

    private static byte[] filled(int length, byte value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
