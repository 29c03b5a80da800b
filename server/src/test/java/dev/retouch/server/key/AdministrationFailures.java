package dev.retouch.server.key;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Asserts failures of administrative operations. */
final class AdministrationFailures {

    private AdministrationFailures() {}

    /** Asserts the kind and field of a failure, and returns its message. */
    static String assertFails(ThrowingCallable attempt, AdministrationException.Kind kind, String field, String end) {
        AdministrationException failure = catchThrowableOfType(AdministrationException.class, attempt);
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure).hasMessageEndingWith(end);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.field()).isEqualTo(field);
        return String.valueOf(failure.getMessage());
    }
}
