package dev.retouch.contract.pact;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.RetouchClient;
import dev.retouch.client.RetouchException;
import dev.retouch.client.model.ErrorCode;
import dev.retouch.contract.harness.Contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every error of the document that the client can meet while it edits: it understands each, and the gateway answers each so. */
class ClientErrorPactTest {

    private static final String NEVER_SENT = "the client never sends what it answers";
    private static final String OTHER_PATHS = "an answer of paths that the client does not ask";
    private static final String NO_STATE = "needs a crash or an end in the middle of an edit, which no state can hold still: ";

    /** Documented codes of which there is no pact. A code that gets one must go from here. */
    private static final Map<String, String> NO_PACT = Map.ofEntries(
            Map.entry("malformed_request", NEVER_SENT),
            Map.entry("malformed_body", NEVER_SENT),
            Map.entry("method_not_allowed", NEVER_SENT),
            Map.entry("not_acceptable", NEVER_SENT),
            Map.entry("unsupported_media_type", NEVER_SENT),
            Map.entry("range_not_satisfiable", NEVER_SENT),
            Map.entry("request_timeout", "a pact's request is sent at once: RubbishTest"),
            Map.entry("internal_error", "a mistake of the gateway; a state that brings it about would be mended"),
            Map.entry("administration_off", OTHER_PATHS),
            Map.entry("group_not_found", OTHER_PATHS),
            Map.entry("key_not_found", OTHER_PATHS),
            Map.entry("conflict", OTHER_PATHS),
            Map.entry("version_not_found", OTHER_PATHS),
            Map.entry("version_changed", OTHER_PATHS),
            Map.entry("edit_not_found", OTHER_PATHS),
            Map.entry("task_not_found", OTHER_PATHS),
            Map.entry("task_cut_off", OTHER_PATHS),
            Map.entry("storage_quota_exceeded", NO_STATE + "access.StorageQuotaTest"),
            Map.entry("idempotency_outcome_unknown", NO_STATE + "again.KilledAgainTest"),
            Map.entry("server_stopped", NO_STATE + "front.StoppingTest"),
            Map.entry("storage_unavailable", "needs a database server of its own: gate.DatabaseAwayTest"));

    private final ConsumerPact pact = ConsumerPact.ofClient(getClass());
    private final Contract contract = new Contract();
    private final List<Refusal> refusals;

    ClientErrorPactTest(@TempDir Path folder) {
        refusals = Stream.concat(new Refusals(contract, folder).all(), new StateRefusals(contract).all()).toList();
    }

    @TestFactory
    Stream<DynamicTest> theClientUnderstands() {
        return refusals.stream().map(refusal -> DynamicTest.dynamicTest(refusal.wish().description(),
                () -> pact.needs(refusal.wish(), gateway -> {
                    try (RetouchClient client = ClientEditPactTest.client(gateway)) {
                        assertThatExceptionOfType(RetouchException.class)
                                .isThrownBy(() -> refusal.call().on(client, gateway))
                                .satisfies(failure -> assertUnderstood(failure, refusal.error()));
                    }
                })));
    }

    private static void assertUnderstood(RetouchException failure, DocumentedError error) {
        assertThat(failure.status()).isEqualTo(error.status());
        assertThat(failure.code().map(ErrorCode::getValue)).contains(error.code());
        assertThat(failure.type()).contains(error.type());
        assertThat(failure.param()).isEqualTo(error.param());
        assertThat(failure).hasMessage(error.message());
        assertThat(failure.shouldRetry()).isEqualTo(error.retry());
        assertThat(failure.requestId()).contains(DocumentedError.REQUEST_ID);
        assertThat(failure.retryAfter().filter(Duration.ofSeconds(DocumentedError.RETRY_AFTER)::equals).isPresent())
                .isEqualTo(error.retry());
    }

    @Test
    void everyDocumentedErrorHasAPact() {
        TreeSet<String> covered = new TreeSet<>(NO_PACT.keySet());
        refusals.forEach(refusal -> covered.add(refusal.error().code()));
        assertThat(covered).as("codes with a pact, or listed with the reason why there is none")
                .isEqualTo(new TreeSet<>(contract.errorCodes()));
        assertThat(refusals).extracting(refusal -> refusal.error().code()).as("listed as without a pact, but with one")
                .doesNotContainAnyElementsOf(NO_PACT.keySet());
    }
}
