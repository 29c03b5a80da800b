package dev.retouch.server.api;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.exchange.Exchange;

/**
 * The body of a response. Buffers go to the connection from where they are; JAX-RS streams know arrays only, and would copy them. The first
 * bytes are an array, because JAX-RS sends the headers before them.
 */
final class ResponseOutputStream extends FilterOutputStream implements BufferSink {

    private final Exchange exchange;

    /**
     * The body of the response to this exchange.
     *
     * @param out the stream of JAX-RS
     */
    ResponseOutputStream(OutputStream out, Exchange exchange) {
        super(out);
        this.exchange = exchange;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        out.write(source, offset, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        Optional<BufferSink> connection = exchange.connection();
        if (connection.isPresent()) {
            connection.get().write(bytes);
        } else {
            BufferSink.of(out).write(bytes);
        }
    }
}
