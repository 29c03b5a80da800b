package dev.retouch.server.exchange;

/**
 * What was requested, after the model's rules were applied.
 *
 * @param model the model id of the registry
 * @param size the requested size, or {@code auto}
 * @param quality the requested quality, or {@code auto}
 * @param imagesIn the number of input images
 * @param imagesOut the number of requested images
 * @param mask whether there is a mask
 * @param streamed whether the response is a stream
 * @param currency the currency of the price list
 */
public record PlannedEdit(String model, String size, String quality, int imagesIn, int imagesOut, boolean mask,
        boolean streamed, String currency) {}
