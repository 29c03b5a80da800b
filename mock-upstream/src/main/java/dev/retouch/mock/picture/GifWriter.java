package dev.retouch.mock.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.FileImageOutputStream;
import javax.imageio.stream.ImageOutputStream;

/** Writes an animation that repeats for ever, one frame after the other: only one frame is in memory at a time. */
public final class GifWriter implements AutoCloseable {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";
    /** The block by which browsers repeat an animation: sub-block 1, and 0 repetitions, which means without end. */
    private static final byte[] REPEAT = {1, 0, 0};

    private final ImageWriter writer;
    private final ImageOutputStream out;
    private final int hundredths;
    private boolean first = true;

    /** Writes to a file; each frame is shown this many milliseconds, rounded to ten. */
    public GifWriter(Path file, int frameMilliseconds) throws IOException {
        this.writer = ImageIO.getImageWritersByFormatName("gif").next();
        this.out = new FileImageOutputStream(file.toFile());
        this.hundredths = Math.max(1, Math.round(frameMilliseconds / 10f));
        writer.setOutput(out);
        writer.prepareWriteSequence(null);
    }

    /** Adds a frame. All frames of a file have the same size. */
    public void add(Picture frame) throws IOException {
        BufferedImage image = frame.onWhite().toImage(false);
        writer.writeToSequence(new IIOImage(image, null, metadata(image)), writer.getDefaultWriteParam());
    }

    private IIOMetadata metadata(BufferedImage image) throws IIOInvalidTreeException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image),
                writer.getDefaultWriteParam());
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("transparentColorIndex", "0");
        control.setAttribute("delayTime", Integer.toString(hundredths));
        root.appendChild(control);
        if (first) {
            IIOMetadataNode repeat = new IIOMetadataNode("ApplicationExtension");
            repeat.setAttribute("applicationID", "NETSCAPE");
            repeat.setAttribute("authenticationCode", "2.0");
            repeat.setUserObject(REPEAT.clone());
            IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
            extensions.appendChild(repeat);
            root.appendChild(extensions);
            first = false;
        }
        metadata.mergeTree(FORMAT, root);
        return metadata;
    }

    @Override
    public void close() throws IOException {
        try {
            writer.endWriteSequence();
        } finally {
            writer.dispose();
            out.close();
        }
    }
}
