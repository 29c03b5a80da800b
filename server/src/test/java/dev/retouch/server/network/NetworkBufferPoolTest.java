package dev.retouch.server.network;

import java.util.ArrayList;
import java.util.List;

import org.eclipse.jetty.io.RetainableByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

class NetworkBufferPoolTest {

    private final NetworkBufferPool pool = new NetworkBufferPool();

    private RetainableByteBuffer read() {
        return pool.acquire(NetworkBufferPool.READ_BUFFER, true);
    }

    private List<RetainableByteBuffer> manyInUse() {
        List<RetainableByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < NetworkBufferPool.MAX_LARGE + 100; i++) {
            buffers.add(read());
        }
        return buffers;
    }

    @Test
    void usesReleasedBuffersAgain() {
        RetainableByteBuffer buffer = read();
        assertThat(buffer.getByteBuffer().remaining()).isZero();
        assertThat(buffer.capacity()).isEqualTo(NetworkBufferPool.READ_BUFFER);
        assertThat(buffer.isDirect()).isTrue();
        buffer.getByteBuffer().limit(1).put(0, (byte) 'x');
        buffer.retain();
        assertThat(buffer.release()).isFalse();
        assertThat(read().getByteBuffer().limit(1).get(0)).as("the first one has a holder").isZero();

        assertThat(buffer.release()).isTrue();
        assertThat(read().getByteBuffer().limit(1).get(0)).isEqualTo((byte) 'x');
    }

    @Test
    void givesOutSmallBuffersIfManyAreInUse() {
        List<RetainableByteBuffer> buffers = manyInUse();

        assertThat(buffers.subList(0, NetworkBufferPool.MAX_LARGE))
                .allSatisfy(buffer -> assertThat(buffer.capacity()).isEqualTo(NetworkBufferPool.READ_BUFFER));
        assertThat(buffers.subList(NetworkBufferPool.MAX_LARGE, buffers.size()))
                .allSatisfy(buffer -> assertThat(buffer.capacity()).isEqualTo(NetworkBufferPool.SMALL_READ_BUFFER));

        buffers.forEach(RetainableByteBuffer::release);
        assertThat(read().capacity()).as("few are in use again").isEqualTo(NetworkBufferPool.READ_BUFFER);
    }

    /** Jetty's client does not release the buffer of a connection that it closes in the middle of a response. */
    @Test
    @Timeout(30)
    void forgetsBuffersThatWereNeverReleased() throws InterruptedException {
        manyInUse();

        while (read().capacity() != NetworkBufferPool.READ_BUFFER) {
            System.gc();
            Thread.sleep(10);
        }
    }

    @Test
    void doesNotChangeTheSizeOfOtherBuffers() {
        manyInUse();

        assertThat(pool.acquire(8 * 1024, true).capacity()).isEqualTo(8 * 1024);
        assertThat(pool.acquire(64 * 1024, false).capacity()).isEqualTo(64 * 1024);
    }
}
