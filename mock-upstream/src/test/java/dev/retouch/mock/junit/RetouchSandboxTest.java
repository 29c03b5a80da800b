package dev.retouch.mock.junit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The sandbox as a test of another team uses it. */
@RetouchSandbox
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RetouchSandboxTest {

    private final Sandbox injected;

    RetouchSandboxTest(Sandbox injected) {
        this.injected = injected;
    }

    private static int models(Sandbox sandbox, String key) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/models"))
                    .header("Authorization", "Bearer " + key).build(), BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    @Order(1)
    void acceptsItsKeyOnly(Sandbox sandbox) throws IOException, InterruptedException {
        assertThat(sandbox).isSameAs(injected);
        assertThat(sandbox.baseUrl()).endsWith("/v1");
        assertThat(models(sandbox, sandbox.key())).isEqualTo(200);
        assertThat(models(sandbox, "sk-other")).isEqualTo(401);
        assertThat(sandbox.journal().entries()).hasSize(2);
        assertThat(sandbox.toString()).doesNotContain(sandbox.key());
    }

    @Test
    @Order(2)
    void eachTestBeginsWithoutTheRequestsOfTheLast(Sandbox sandbox) {
        assertThat(sandbox.journal().entries()).isEmpty();
    }

    @Nested
    class Within {

        @Test
        void nestedClassesShareTheSandbox(Sandbox sandbox) {
            assertThat(sandbox).isSameAs(injected);
        }
    }

    /** Run by the test below, as JUnit runs the tests of another team. */
    @RetouchSandbox
    static class OfAnotherTeam {

        static final List<Sandbox> SEEN = new ArrayList<>();

        @Test
        void takesTheSandbox(Sandbox sandbox) throws IOException, InterruptedException {
            SEEN.add(sandbox);
            assertThat(models(sandbox, sandbox.key())).isEqualTo(200);
        }

        @Test
        void takesNothing() {
            assertThat(SEEN).hasSizeLessThan(2);
        }
    }

    @Test
    void closesAfterTheLastTest(Sandbox own) {
        OfAnotherTeam.SEEN.clear();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(OfAnotherTeam.class)).build(), summary);
        assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(2);
        Sandbox closed = OfAnotherTeam.SEEN.getFirst();
        assertThat(closed.baseUrl()).isNotEqualTo(own.baseUrl());
        assertThatThrownBy(() -> models(closed, closed.key())).isInstanceOf(ConnectException.class);
    }
}
