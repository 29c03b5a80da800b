package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The document and its example files as they were written, from the jar that they are published in. */
public final class ContractFiles {

    private static final String FOLDER = "/dev/retouch/contract/";

    private ContractFiles() {}

    /** The document. */
    public static String document() {
        return new String(resource("openapi.yaml"), StandardCharsets.UTF_8);
    }

    /** One of the example files. */
    public static byte[] example(String name) {
        return resource("examples/" + name);
    }

    /** The media type of an example file. */
    public static String typeOf(String name) {
        return name.endsWith(".png") ? "image/png" : "image/jpeg";
    }

    private static byte[] resource(String name) {
        try (InputStream in = ContractFiles.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + name + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
