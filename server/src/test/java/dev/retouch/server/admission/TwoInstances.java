package dev.retouch.server.admission;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import dev.retouch.server.store.Database;

/** A real PostgreSQL, and the databases of two instances that share it. */
record TwoInstances(EmbeddedPostgres postgres, Database first, Database second) implements AutoCloseable {

    static TwoInstances start(Path folder) throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.start();
        return new TwoInstances(postgres, open(postgres.getPort(), folder), open(postgres.getPort(), folder));
    }

    static Database open(int port, Path folder) {
        return Database.open(Optional.of("postgresql://postgres@localhost:" + port + "/postgres"), folder);
    }

    void execute(String statement, Object... values) {
        first.<Integer>write(handle -> handle.execute(statement, values));
    }

    void empty() {
        List.of("slot_tickets", "instances", "rate_limits").forEach(table -> execute("DELETE FROM " + table));
    }

    int count(String query) {
        return first.<Integer>read(handle -> handle.createQuery(query).mapTo(Integer.class).one());
    }

    @Override
    public void close() throws IOException {
        first.close();
        second.close();
        postgres.close();
    }
}
