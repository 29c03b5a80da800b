package dev.retouch.contract.harness;

/** The fastest edit, with a known price. */
public final class CheapEdit {

    /** What it costs, in the currency of the price list, whatever is in it. */
    public static final String PRICE = "0.016";

    private CheapEdit() {}

    /** A small image with a mask, for a model that is paid by the image. */
    public static Form form() {
        return form("a red balloon");
    }

    /** The same with another prompt. */
    public static Form form(String prompt) {
        return Form.empty().text("model", "dall-e-2").text("size", "256x256").text("prompt", prompt)
                .file("image", "image.png", "image/png", Fixtures.image())
                .file("mask", "mask.png", "image/png", Fixtures.mask());
    }
}
