package dev.retouch.server.upstream;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.TransparencyScan;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;

/**
 * Converts masks whose transparent pixels may change into black and white masks. Each conversion runs on a separate platform thread,
 * because it is work of the processor; an interrupt ends it.
 */
final class MaskConverter {

    private final TransparencyScan scan = new TransparencyScan();

    /** The edit with the mask that a kind expects. */
    UpstreamRequest convert(UpstreamRequest request, KindTraits.Mask meaning) {
        if (!(request instanceof LoadedImageRequest edit) || edit.mask().isEmpty() || meaning == KindTraits.Mask.ALPHA
                || meaning == KindTraits.Mask.NONE) {
            return request;
        }
        ImageBytes alpha = edit.mask().get().bytes();
        FutureTask<byte[]> conversion = new FutureTask<>(
                () -> scan.transparentArea(alpha).toGreyPng(meaning == KindTraits.Mask.WHITE));
        Thread thread = Thread.ofPlatform().daemon().name("mask-conversion").start(conversion);
        try {
            return edit.withMask(new ImagePart(ImageBytes.of(conversion.get()), ImageFormat.PNG));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new UpstreamInterruptedException(e);
        } catch (ExecutionException e) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_UPSTREAM, "mask")
                    .withArgument("reason", "the mask cannot be converted to black and white")
                    .withCause(e.getCause() == null ? new IOException(e) : e.getCause());
        }
    }
}
