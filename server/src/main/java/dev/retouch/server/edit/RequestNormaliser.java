package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageInspector;
import dev.retouch.server.image.ImageMetadata;
import dev.retouch.server.image.InvalidImageException;
import dev.retouch.server.key.Group;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.normalise.ImageLimits;
import dev.retouch.server.normalise.ImageNormaliser;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.normalise.NormalisedImage;

/**
 * Changes the images of a request before they are validated, by the steps that its group or the settings chose. What cannot be
 * decoded is not changed, and the validator judges it. Works on one platform thread, one image at a time.
 */
public final class RequestNormaliser implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RequestNormaliser.class);

    private final ImageNormaliser normaliser;
    private final Set<NormalisationStep> otherwise;
    private final ImageInspector inspector = new ImageInspector();
    private final ScanPool threads = new ScanPool("image-normaliser-", 1);

    /**
     * A normaliser.
     *
     * @param otherwise the steps of groups that do not choose any
     */
    public RequestNormaliser(ImageNormaliser normaliser, Set<NormalisationStep> otherwise) {
        this.normaliser = normaliser;
        this.otherwise = Set.copyOf(otherwise);
    }

    /**
     * A request with its changed images.
     *
     * @param changes what was done, each with the name of its image, for the client
     */
    record Normalised(EditRequest request, List<String> changes) {}

    /** Returns the request with changed images, which the exchange closes. */
    Normalised normalise(EditRequest request, ModelEntry model, Group group, Exchange exchange, String key) {
        Set<NormalisationStep> own = group.normalise();
        Set<NormalisationStep> steps = own == null ? otherwise : own;
        if (steps.isEmpty() || !mayApply(request, model, steps)) {
            return new Normalised(request, List.of());
        }
        try {
            return threads.run(key, () -> new Work(model, steps, exchange).on(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("while images were changed"));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case IOException broken -> throw new UncheckedIOException(broken);
                case null, default -> throw new IllegalStateException("images were not changed", e);
            }
        }
    }

    /** Whether an image may be changed, as far as short headers show; most requests need no thread. */
    private boolean mayApply(EditRequest request, ModelEntry model, Set<NormalisationStep> steps) {
        if (request.mask().isPresent() && steps.contains(NormalisationStep.MASK)) {
            return true;
        }
        ImageLimits limits = limits(model);
        for (Upload upload : request.images()) {
            try {
                Optional<ImageMetadata> facts = inspector.inspectQuickly(upload.bytes());
                if (facts.isEmpty() || ImageNormaliser.applies(upload.bytes(), facts.get(), limits, steps)) {
                    return true;
                }
            } catch (InvalidImageException e) {
                LOG.debug("image to be refused param={}", upload.param());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return false;
    }

    private static ImageLimits limits(ModelEntry model) {
        return new ImageLimits(model.images().pixels(), model.images().bytes());
    }

    /** Ends its thread. */
    @Override
    public void close() {
        threads.close();
    }

    /** The images of one request. */
    private final class Work {

        private final ModelEntry model;
        private final Set<NormalisationStep> steps;
        private final Exchange exchange;
        private final List<String> changes = new ArrayList<>();

        Work(ModelEntry model, Set<NormalisationStep> steps, Exchange exchange) {
            this.model = model;
            this.steps = steps;
            this.exchange = exchange;
        }

        Normalised on(EditRequest request) throws IOException {
            ImageLimits limits = limits(model);
            Optional<ImageMetadata> sent = inspect(request.images().getFirst());
            List<Upload> images = new ArrayList<>();
            for (Upload upload : request.images()) {
                Optional<ImageMetadata> facts = images.isEmpty() ? sent : inspect(upload);
                images.add(facts.isEmpty()
                        ? upload
                        : changed(upload, () -> normaliser.image(upload.bytes(), facts.get(), limits, steps)));
            }
            Optional<Upload> mask = request.mask();
            boolean isUnchanged = images.getFirst().equals(request.images().getFirst());
            Optional<ImageMetadata> first = isUnchanged ? sent : inspect(images.getFirst());
            if (mask.isPresent() && sent.isPresent() && first.isPresent()) {
                mask = Optional.of(mask(mask.get(), sent.get(), first.get()));
            }
            return new Normalised(request.with(images, mask, request.markup()), changes);
        }

        private Upload mask(Upload mask, ImageMetadata sent, ImageMetadata first) throws IOException {
            Optional<ImageMetadata> facts = inspect(mask);
            if (facts.isEmpty()) {
                return mask;
            }
            boolean chosen = steps.contains(NormalisationStep.MASK);
            boolean imageReduced = sent.width() != first.width() || sent.height() != first.height();
            boolean fitted = facts.get().width() == sent.width() && facts.get().height() == sent.height();
            Dimensions size = new Dimensions(first.width(), first.height());
            return changed(mask, () -> normaliser.mask(mask.bytes(), facts.get(), size, sent.orientation(),
                    chosen || (imageReduced && fitted), chosen));
        }

        private Upload changed(Upload upload, Change change) throws IOException {
            Optional<NormalisedImage> result;
            try {
                result = change.make();
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                LOG.debug("image not normalised edit={} param={}", exchange.id(), upload.param(), e);
                return upload;
            }
            result.ifPresent(image -> image.changes().forEach(done -> changes.add(upload.param() + " " + done)));
            return result.map(image -> new Upload(upload.param(), exchange.closeLater(image.bytes()))).orElse(upload);
        }

        private Optional<ImageMetadata> inspect(Upload upload) throws IOException {
            try {
                return upload.bytes().size() == 0 ? Optional.empty() : Optional.of(inspector.inspect(upload.bytes()));
            } catch (InvalidImageException e) {
                return Optional.empty();
            }
        }
    }

    @FunctionalInterface
    private interface Change {
        Optional<NormalisedImage> make() throws IOException;
    }
}
