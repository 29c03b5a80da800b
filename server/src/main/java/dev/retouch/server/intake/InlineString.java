package dev.retouch.server.intake;

import java.io.IOException;
import java.util.Optional;

import dev.retouch.server.image.Spool;

/** The characters of one image in a JSON string, decoded into the spool as they come. */
final class InlineString {

    private final boolean dataUrl;
    private final Spool.Writer writer;
    private final Base64Sink base64;
    private final StringBuilder header = new StringBuilder();
    private boolean inHeader;
    private boolean wellFormed = true;
    private long characters;

    InlineString(boolean dataUrl, Spool.Writer writer) {
        this.dataUrl = dataUrl;
        this.inHeader = dataUrl;
        this.writer = writer;
        this.base64 = new Base64Sink(writer);
    }

    void accept(int character) throws IOException {
        characters++;
        if (!inHeader) {
            base64.accept(character);
        } else if (character == ',') {
            inHeader = false;
            wellFormed = header.toString().endsWith(";base64");
        } else if (header.length() < 256) {
            header.append((char) character);
        }
    }

    InlineImage finish(Exchange exchange) throws IOException {
        boolean decoded = base64.finish() && wellFormed && !inHeader;
        return new InlineImage(dataUrl, characters,
                decoded ? Optional.of(exchange.closeLater(writer.finish())) : Optional.empty());
    }
}
