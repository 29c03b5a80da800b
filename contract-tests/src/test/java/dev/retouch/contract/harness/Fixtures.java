package dev.retouch.contract.harness;

import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;

/** Images of 64 by 64 pixels out of the document's examples: pacts hold them byte for byte, so they are small and never change. */
public final class Fixtures {

    private static final JsonNode MASKED = new Contract().tree().at("/components/examples/MaskedJson/value");

    private Fixtures() {}

    /** An opaque png, as a data URL. */
    public static String imageUrl() {
        return MASKED.at("/images/0/image_url").asText();
    }

    /** The same as bytes. */
    public static byte[] image() {
        return decoded(imageUrl());
    }

    /** A png with a transparent area. */
    public static byte[] mask() {
        return decoded(MASKED.at("/mask/image_url").asText());
    }

    private static byte[] decoded(String dataUrl) {
        return Base64.getDecoder().decode(dataUrl.substring(dataUrl.indexOf(',') + 1));
    }
}
