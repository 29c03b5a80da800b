package dev.retouch.contract.conformance.wire;

import java.util.function.Supplier;

/**
 * A file that a case sends.
 *
 * @param type the media type that its name promises
 * @param content makes its bytes
 */
public record NamedFile(String name, String type, Supplier<byte[]> content) {

    public byte[] bytes() {
        return content.get();
    }
}
