package dev.retouch.server.cli;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.FundingService;
import dev.retouch.server.billing.Money;
import dev.retouch.server.key.Administration;

/** {@code retouch budget}: funds and shows the budgets of keys and groups. */
@Command(name = "budget", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Fund and show the budgets of keys and groups.")
final class BudgetCommand {

    /** Options that name the owner of a budget. */
    static final class OwnerOptions {

        @Option(names = "--key", paramLabel = "ID", description = "Key id.")
        private @Nullable String key;

        @Option(names = "--group", paramLabel = "NAME", description = "Group name.")
        private @Nullable String group;

        /** Returns the owner, which must exist. */
        private String owner(Administration administration) {
            return key == null
                    ? BudgetOwner.ofGroup(administration.group(Objects.requireNonNull(group)).name())
                    : BudgetOwner.ofKey(administration.key(key).rootKeyId());
        }

        private String description() {
            return key == null ? "the group " + group : "the key " + key;
        }
    }

    /** The amount; an option allows a negative amount. */
    static final class AmountOptions {

        @Parameters(paramLabel = "AMOUNT", description = "Amount, such as 5 or 12.50. A negative amount reduces the budget and follows two dashes: -- -2")
        private @Nullable String amount;

        @Option(names = "--amount", paramLabel = "AMOUNT", description = "The amount as an option, such as --amount=-2")
        private @Nullable String option;

        private Money money() {
            return amount == null
                    ? OptionParsers.amount("--amount", Objects.requireNonNull(option))
                    : OptionParsers.amount("AMOUNT", amount);
        }
    }

    @Command(name = "add", description = "Add an amount to the budget of a key or group. Without a budget there is no limit; the first amount creates it.")
    int add(@Mixin CommandOptions options, @ArgGroup(multiplicity = "1") OwnerOptions ownerOptions,
            @ArgGroup(multiplicity = "1") AmountOptions amountOptions,
            @Option(names = "--note", paramLabel = "TEXT", description = "Reason, kept in the ledger.") @Nullable String note,
            @Mixin RequestIdOption id) {
        Money amount = amountOptions.money();
        String requestId = id.value();
        return options.run(context -> {
            String owner = ownerOptions.owner(context.administration());
            FundingService.Funded funded = RequestIdOption.booked(context, requestId, () -> context.funding()
                    .fund(Optional.of(requestId), owner, amount, Objects.requireNonNullElse(note, "")));
            String text = amount.isNegative()
                    ? "Took " + context.formatter().money(amount.negated()) + " from " + ownerOptions.description()
                    : "Added " + context.formatter().money(amount) + " to " + ownerOptions.description();
            return context.answer(() -> context.mapper().budget(Optional.of(funded.budget())),
                    () -> text + (funded.replayed() ? ", by an earlier command with this id" : "") + ". Id: "
                            + requestId + "\n"
                            + TextTable.properties(context.formatter().budget(Optional.of(funded.budget()))));
        });
    }

    @Command(name = "show", description = "Show the available, held and spent amounts of a key or group.")
    int show(@Mixin CommandOptions options, @ArgGroup(multiplicity = "1") OwnerOptions ownerOptions) {
        return options.run(context -> shown(context, ownerOptions.owner(context.administration()), ""));
    }

    private static int shown(CommandContext context, String owner, String before) {
        return context.answer(() -> context.mapper().budget(owner), () -> before
                + TextTable.properties(context.formatter().budget(context.ledger().budget(owner))));
    }
}
