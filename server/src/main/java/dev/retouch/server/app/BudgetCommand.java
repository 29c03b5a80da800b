package dev.retouch.server.app;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.key.Administration;

/** {@code retouch budget}: money for keys and groups. */
@Command(name = "budget", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Give keys and groups money to spend, and show what they have.")
final class BudgetCommand {

    /** Whose money it is. */
    static final class Whose {

        @Option(names = "--key", paramLabel = "ID", description = "The key, by its id.")
        private @Nullable String key;

        @Option(names = "--group", paramLabel = "NAME", description = "The group.")
        private @Nullable String group;

        /** The owner, which must exist. */
        private String owner(Administration administration) {
            return key == null
                    ? Owner.ofGroup(administration.group(Objects.requireNonNull(group)).name())
                    : Owner.ofKey(administration.key(key).account());
        }

        private String words() {
            return key == null ? "the group " + group : "the key " + key;
        }
    }

    /** How much, with a way to write what begins with a dash. */
    static final class HowMuch {

        @Parameters(paramLabel = "AMOUNT", description = "How much, such as 5 or 12.50. What is below zero takes away, and is written after two dashes: -- -2")
        private @Nullable String amount;

        @Option(names = "--amount", paramLabel = "AMOUNT", description = "The same as an option, such as --amount=-2")
        private @Nullable String option;

        private Money money() {
            return amount == null
                    ? Values.amount("--amount", Objects.requireNonNull(option))
                    : Values.amount("AMOUNT", amount);
        }
    }

    @Command(name = "add", description = "Add to what a key or a group may spend. The first time limits it to that.")
    int add(@Mixin DeskOptions options, @ArgGroup(multiplicity = "1") Whose whose,
            @ArgGroup(multiplicity = "1") HowMuch howMuch,
            @Option(names = "--note", paramLabel = "TEXT", description = "Why, to be kept in the ledger.") @Nullable String note) {
        Money amount = howMuch.money();
        return options.run(desk -> {
            String owner = whose.owner(desk.administration());
            try {
                desk.ledger().fund(owner, amount, Objects.requireNonNullElse(note, ""));
            } catch (ArithmeticException e) {
                throw new CommandException("the budget would be more than the ledger can hold");
            }
            return shown(desk, owner, amount.isNegative()
                    ? "Took " + desk.wording().money(amount.negated()) + " from " + whose.words() + ".\n"
                    : "Added " + desk.wording().money(amount) + " to " + whose.words() + ".\n");
        });
    }

    @Command(name = "show", description = "Show what a key or a group may spend, what is held for its edits and what they have cost.")
    int show(@Mixin DeskOptions options, @ArgGroup(multiplicity = "1") Whose whose) {
        return options.run(desk -> shown(desk, whose.owner(desk.administration()), ""));
    }

    private static int shown(Desk desk, String owner, String before) {
        return desk.answer(() -> desk.documents().budget(owner), () -> before
                + TextTable.properties(desk.wording().budget(desk.ledger().budget(owner))));
    }
}
