package dev.retouch.server.http;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which connection is closed when there are too many. */
final class WaitingConnectionsTest {

    private final WaitingConnections<String> connections = new WaitingConnections<>(3, 1, Duration.ZERO);

    private void open(String address, String... names) {
        for (String name : names) {
            connections.opened(name, address);
        }
    }

    private static boolean any(String connection) {
        return !connection.isEmpty();
    }

    @Test
    void noneAtTheLimit() {
        open("one", "a", "b", "c");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).isEmpty();
        assertThat(connections.count()).isEqualTo(3);
    }

    @Test
    void theOneThatHasWaitedLongest() {
        open("one", "a", "b", "c", "d", "e");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("a");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("b");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).isEmpty();
    }

    @Test
    void aRequestBeginsTheWaitAnew() {
        open("one", "a", "b", "c", "d");
        assertThat(connections.begin("a")).isTrue();
        connections.end("a");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("b");
    }

    @Test
    void neverOneWithARequest() {
        open("one", "a", "b", "c", "d", "e", "f");
        connections.begin("a");
        connections.begin("a");
        connections.begin("b");
        connections.end("a");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("c");
        connections.end("a");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("d");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("e");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).isEmpty();
    }

    @Test
    void ofTheAddressWithTheMost() {
        open("few", "a");
        open("many", "b", "c");
        open("few", "d");
        open("many", "e");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("b");
    }

    @Test
    void ofTheAddressThatHasWaitedLongestIfAllHaveAsMany() {
        for (String address : new String[]{"a", "b", "c", "d", "e"}) {
            open(address, address);
        }
        connections.begin("a");
        connections.end("a");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("b");
        open("c", "f");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("c");
        open("g", "g");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("d");
    }

    @Test
    void someMayWaitEvenIfAllOthersAreBusy() {
        open("one", "a", "b", "c", "d", "new");
        for (String busy : new String[]{"a", "b", "c", "d"}) {
            connections.begin(busy);
        }
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).isEmpty();
        open("one", "newer");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("new");
    }

    @Test
    void othersAreLookedAtLater() {
        open("one", "a", "b", "c", "d", "e");
        assertThat(connections.removeExcess(connection -> !connection.equals("a"))).contains("b");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("c");
    }

    @Test
    void noRequestBeginsOnAClosedOne() {
        open("one", "a", "b", "c", "d");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("a");
        assertThat(connections.begin("a")).isFalse();
        connections.closed("a");
        assertThat(connections.count()).isEqualTo(3);
    }

    @Test
    void anEndedRequestOfAClosedOneCountsNoMore() {
        open("one", "a");
        connections.begin("a");
        connections.closed("a");
        connections.end("a");
        assertThat(connections.count()).isZero();
        open("one", "b", "c", "d", "e");
        assertThat(connections.removeExcess(WaitingConnectionsTest::any)).contains("b");
    }
}
