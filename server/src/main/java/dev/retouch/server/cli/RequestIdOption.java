package dev.retouch.server.cli;

import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.retouch.server.billing.RequestReusedException;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.idempotency.IdempotencyKey;

/** The option {@code --id} of commands that book money: with the same id, a repeated command books nothing more. */
final class RequestIdOption {

    @Option(names = "--id", paramLabel = "ID", description = "Id of this change. A repeated command with the same id changes nothing more. Default: a new id, which is printed.")
    private @Nullable String given;

    /** Returns the given id, or a new one. */
    String value() {
        if (given == null) {
            return "cli_" + UUID.randomUUID().toString().replace("-", "");
        }
        try {
            return new IdempotencyKey("cli", given.strip()).value();
        } catch (ApiException e) {
            throw new CommandException("--id must be 1 to 255 visible ASCII characters");
        }
    }

    /** Books, and explains failures. If the database does not confirm, the id for a repeated command is printed. */
    static <T> T booked(CommandContext context, String id, Supplier<T> booking) {
        try {
            return booking.get();
        } catch (DatabaseUnavailableException e) {
            context.note("it is not known whether this was booked. Repeat the command with --id " + id);
            throw e;
        } catch (RequestReusedException e) {
            throw new CommandException("--id: " + e.getMessage());
        } catch (ArithmeticException e) {
            throw new CommandException("the budget would be more than the ledger can hold");
        }
    }
}
