package dev.retouch.server.database;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class PostgresUrlTest {

    @Test
    void loginAndAddressComeApart() {
        PostgresUrl url = PostgresUrl.of("postgresql://edith:hus%40h+1@db.example:5433/retouch?sslmode=require");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example:5433/retouch?sslmode=require");
        assertThat(url.user()).contains("edith");
        assertThat(url.password()).contains("hus@h+1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres://edith:hush@db.example/retouch",
            "jdbc:postgresql://edith:hush@db.example/retouch",
            "jdbc:postgresql://db.example/retouch?user=edith&password=hush",
            "postgresql://edith@db.example/retouch?password=hush"})
    void thePasswordIsNeverInTheAddressOrShown(String text) {
        PostgresUrl url = PostgresUrl.of(text);
        assertThat(url.user()).contains("edith");
        assertThat(url.password()).contains("hush");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example/retouch");
        assertThat(url.toString()).doesNotContain("hush");
    }

    @Test
    void aLoginIsNotNeeded() {
        PostgresUrl url = PostgresUrl.of("jdbc:postgresql://db.example/retouch?sslmode=disable&user=edith");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db.example/retouch?sslmode=disable");
        assertThat(url.user()).contains("edith");
        assertThat(url.password()).isEmpty();
    }

    /** After a failover, any of the servers may be the primary. */
    @Test
    void severalHostsMeanTheirPrimary() {
        assertThat(PostgresUrl.of("postgresql://edith:hush@one.example:5432,two.example:5433/retouch").jdbc())
                .isEqualTo("jdbc:postgresql://one.example:5432,two.example:5433/retouch?targetServerType=primary");
        assertThat(PostgresUrl.of("postgresql://one.example,two.example/retouch?targetServerType=any").jdbc())
                .isEqualTo("jdbc:postgresql://one.example,two.example/retouch?targetServerType=any");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql://edith:hush@db.example/retouch", "postgresql://edith:hu sh{hush}@db.example/x",
            "postgresql:hush", "hush", "", "postgresql://edith:hush%zz@db.example/x"})
    void errorDoesNotQuoteTheAddress(String text) {
        IllegalArgumentException refusal = catchThrowableOfType(IllegalArgumentException.class,
                () -> PostgresUrl.of(text));
        assertThat(refusal).isNotNull();
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("postgresql://user:password@host").doesNotContain("hush");
    }
}
