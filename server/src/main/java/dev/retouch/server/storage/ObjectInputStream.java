package dev.retouch.server.storage;

import java.io.FilterInputStream;
import java.io.IOException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The bytes of an object. If it is closed early, its connection ends, so that the rest is not received. */
final class ObjectInputStream extends FilterInputStream {

    private @Nullable ResponseInputStream<GetObjectResponse> response;
    private long left;

    ObjectInputStream(ResponseInputStream<GetObjectResponse> response) {
        super(response);
        this.response = response;
        this.left = response.response().contentLength();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int count = in.read(target, offset, length);
            left -= Math.max(0, count);
            return count;
        } catch (IOException | RuntimeException e) {
            throw new StorageException("an object could not be read to its end", e);
        }
    }

    @Override
    public void close() throws IOException {
        ResponseInputStream<GetObjectResponse> open = response;
        response = null;
        if (open == null) {
            return;
        }
        if (left == 0) {
            open.close();
        } else {
            open.abort();
        }
    }
}
