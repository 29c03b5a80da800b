package dev.retouch.server.http;

import java.time.Duration;

import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.junit.jupiter.api.Test;

import dev.retouch.server.network.NetworkBufferPool;

import static org.assertj.core.api.Assertions.assertThat;

class ProtocolsTest {

    @Test
    void connectionsReadIntoLargeBuffers() {
        ConnectionFactory[] factories = new Protocols(Duration.ofSeconds(1), 8192, true).clear();
        assertThat(factories).hasSize(2).allSatisfy(factory -> assertThat(factory)
                .isInstanceOfSatisfying(AbstractConnectionFactory.class,
                        read -> assertThat(read.getInputBufferSize()).isEqualTo(NetworkBufferPool.READ_BUFFER)));
    }
}
