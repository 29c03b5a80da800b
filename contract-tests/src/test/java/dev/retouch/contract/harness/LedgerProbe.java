package dev.retouch.contract.harness;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import dev.retouch.server.billing.LedgerVerifier;
import dev.retouch.server.database.Database;

import static org.assertj.core.api.Assertions.assertThat;

/** The books of a gateway, read behind its back in its own database, while it runs or after it has died. */
public final class LedgerProbe implements AutoCloseable {

    private final Database database;

    private LedgerProbe(Database database) {
        this.database = database;
    }

    /** In the PostgreSQL database of this address. */
    public static LedgerProbe shared(String url) {
        return new LedgerProbe(Database.open(Optional.of(url), Path.of(".")));
    }

    /** In the SQLite file of this data directory. */
    public static LedgerProbe of(Path dataDir) {
        return new LedgerProbe(Database.open(Optional.empty(), dataDir));
    }

    /** Everything must add up. */
    public void assertSound() {
        LedgerVerifier.Report report = new LedgerVerifier(database).verifyAll();
        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
    }

    /** How many edits there are of which this is so, as SQL says it. */
    public int edits(String condition) {
        return database.read(handle -> handle.createQuery("SELECT COUNT(*) FROM edits WHERE " + condition)
                .mapTo(Integer.class).one());
    }

    /** The ids of the edits of which this is so. */
    public Set<String> ids(String condition) {
        return database.read(handle -> handle.createQuery("SELECT id FROM edits WHERE " + condition)
                .mapTo(String.class).set());
    }

    /** All columns of an edit, for the message of a test that fails. */
    public String row(String editId) {
        return database.read(handle -> handle.createQuery("SELECT * FROM edits WHERE id = :id").bind("id", editId)
                .mapToMap().one()).toString();
    }

    @Override
    public void close() {
        database.close();
    }
}
