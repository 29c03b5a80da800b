package dev.retouch.server.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.ServerOverloadedException;
import dev.retouch.server.answer.FormatConverter;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.image.Spool;
import dev.retouch.server.image.pixels.PixelRecoder;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/** Converts images for upstreams that do not take or return a format. Works on the threads of strict masks, which bound its memory. */
final class FormatConversion {

    private static final Logger LOG = LoggerFactory.getLogger(FormatConversion.class);

    private final ImageProbe probe = new ImageProbe();
    private final ScanPool pool;
    private final Spool spool;
    private final long maxPixels;

    /**
     * Converts images.
     *
     * @param maxPixels the largest image that is decoded, in pixels
     */
    FormatConversion(ScanPool pool, Spool spool, long maxPixels) {
        this.pool = pool;
        this.spool = spool;
        this.maxPixels = maxPixels;
    }

    /**
     * The edit with its WebP images as PNG, which the exchange closes.
     *
     * @throws ApiException if an image cannot be decoded, or is too large
     */
    LoadedImageRequest withoutWebp(LoadedImageRequest edit, String key, Exchange exchange) {
        List<ImagePart> images = new ArrayList<>();
        for (ImagePart image : edit.images()) {
            images.add(image.format() == ImageFormat.WEBP
                    ? new ImagePart(png(image.bytes(), key, exchange), ImageFormat.PNG)
                    : image);
        }
        return edit.withImages(images);
    }

    private ImageBytes png(ImageBytes image, String key, Exchange exchange) {
        try {
            return converted(image, probe.probe(image), ImageFormat.PNG, key, exchange);
        } catch (InvalidImageException e) {
            throw new ApiException(ErrorMessage.IMAGE_FILE_IS_INVALID, "image").withArgument("reason", e.reason());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ImageBytes converted(ImageBytes image, ImageMetadata facts, ImageFormat format, String key,
            Exchange exchange) throws IOException, InvalidImageException {
        if (facts.pixels() > maxPixels) {
            throw InvalidImageException.damaged("it has " + facts.pixels() + " pixels, and " + maxPixels
                    + " are the most that can be converted to " + format.wireName());
        }
        try {
            return exchange.cancellation().interruptibly(() -> pool.run(key, () -> {
                try (Spool.Writer out = spool.newWriter()) {
                    PixelRecoder.write(image, facts, format, out);
                    return exchange.closeLater(out.finish());
                }
            }));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InvalidImageException invalid -> throw invalid;
                case IOException broken -> throw broken;
                case null, default -> throw new IllegalStateException("an image was not converted", e);
            }
        }
    }

    /** Converts the results of an edit. */
    FormatConverter converter(ImageFormat format, String key, Exchange exchange) {
        return new FormatConverter() {

            @Override
            public ImageFormat format() {
                return format;
            }

            @Override
            public ImageBytes convert(ImageBytes returned) throws IOException, InvalidImageException {
                ImageMetadata facts = probe.probe(returned);
                if (facts.format() == format) {
                    return returned;
                }
                if (!facts.format().editable()) {
                    throw InvalidImageException.damaged("it is " + facts.format().wireName());
                }
                try {
                    return converted(returned, facts, format, key, exchange);
                } catch (ServerOverloadedException | IllegalStateException e) {
                    // the image exists and is charged, so that the client gets it all the same
                    LOG.error("image not converted request={}", exchange.id(), e);
                    throw InvalidImageException.damaged("the gateway failed to convert it");
                }
            }
        };
    }
}
