package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.edit.Edits;
import dev.retouch.server.error.FailureTeller;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.idempotency.AnswerFiles;
import dev.retouch.server.idempotency.Claims;
import dev.retouch.server.idempotency.IdempotentEdits;
import dev.retouch.server.key.KeyHolders;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.store.Database;
import dev.retouch.server.store.LateWrites;
import dev.retouch.server.task.TaskFiles;
import dev.retouch.server.task.TaskResults;
import dev.retouch.server.task.TaskRunner;
import dev.retouch.server.task.TaskTable;
import dev.retouch.server.task.Tasks;

/** Edits that outlive the requests that asked for them: those with an Idempotency-Key, and tasks. */
final class LastingEdits {

    /** How long they may go on once nobody can ask for more; the front door has waited before. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** Most refusals are known sooner, and nobody minds waiting so long. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(300);

    private final LateWrites late;
    private final IdempotentEdits idempotent;
    private final Tasks tasks;

    /** Beside everything that an edit has to get past. */
    record Surroundings(Configuration configuration, Clock clock, Storage storage, Gate gate, HostedFiles hosted,
            Optional<SandboxKey> sandbox, FailureTeller teller) {}

    LastingEdits(Parts parts, Surroundings around, Edits edits) throws IOException {
        Configuration configuration = around.configuration();
        Clock clock = around.clock();
        Gate gate = around.gate();
        Path dataDir = configuration.dataDir();
        Database database = around.storage().database();
        Duration answers = configuration.idempotency().lifetime();
        Duration deadAfter = configuration.billing().deadAfter();
        this.late = new LateWrites(database);
        Claims claims = new Claims(database, late, gate.ledger(), gate.instance(), clock,
                new Claims.Lifetimes(answers, deadAfter));
        this.idempotent = parts.add(new IdempotentEdits(edits, claims, new AnswerFiles(dataDir, clock, answers),
                around.teller(), GRACE));
        TaskTable table = new TaskTable(database, gate.ledger(), gate.instance(), clock,
                new TaskTable.Lifetimes(configuration.tasks().lifetime(), deadAfter));
        TaskFiles files = new TaskFiles(dataDir, clock);
        TaskRunner runner = new TaskRunner(edits,
                new KeyHolders(around.storage().keys(), around.sandbox(), clock)::holder, files, table,
                new TaskResults(around.hosted(), clock));
        this.tasks = parts.add(new Tasks(table, files, runner, claims, late, around.teller(), new Tasks.Settings(
                configuration.tasks().atOnce(), configuration.tasks().waiting(), FIRST_LOOK, GRACE)));
    }

    /** Begins to keep the house: what could not be written, what others left behind, what has expired. */
    void keepHouse(Housekeeping house) {
        house.every(Duration.ofMillis(500), "ends of lasting edits", late::retry);
        house.every(Duration.ofMillis(500), "canceled tasks", tasks::endCanceled);
        house.every(Duration.ofSeconds(2), "tasks of gone instances", tasks::inherit);
        house.every(Duration.ofMinutes(1), "expired answers", idempotent::removeExpired);
        house.every(Duration.ofMinutes(1), "expired tasks", tasks::removeExpired);
    }

    IdempotentEdits idempotent() {
        return idempotent;
    }

    Tasks tasks() {
        return tasks;
    }
}
