package dev.retouch.server.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.Money;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.IssuedKey;
import dev.retouch.server.key.NewKey;
import dev.retouch.server.key.Page;

/** {@code retouch keys}: administers API keys. A secret is printed once, to standard output only. */
@Command(name = "keys", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Create, list, revoke and rotate keys.")
final class KeysCommand {

    private static final String ID = "Key id, key_..., as in the list.";

    @Command(name = "create", description = "Create a key and show its secret, which is shown only once.")
    int create(@Mixin CommandOptions options,
            @Option(names = "--group", required = true, paramLabel = "G", description = "Group of the key.") String group,
            @Option(names = "--label", paramLabel = "L", description = "Purpose of the key, in a line.") @Nullable String label,
            @Option(names = "--expires", paramLabel = "WHEN", description = "Expiry: the end of a day such as 2026-12-31 (local time), a time such as"
                    + " 2026-12-31T18:00:00Z, or a duration such as 30d. Default: never.") @Nullable String expires,
            @Option(names = "--budget", paramLabel = "AMOUNT", description = "Budget of the key. Default: only the budget of its group applies.") @Nullable String budget,
            @Mixin LimitOptions limits) {
        Money amount = OptionParsers.budget(budget); // checked before anything is created
        AdmissionLimits keyLimits = Objects.requireNonNullElse(limits.over(AdmissionLimits.NONE), AdmissionLimits.NONE);
        return options.run(context -> {
            Instant end = expires == null ? null : OptionParsers.expiry("--expires", expires, context.clock());
            IssuedKey issued = context.administration()
                    .createKey(new NewKey(group, Objects.requireNonNullElse(label, ""), end, keyLimits,
                            amount == null ? null : amount.amount()));
            return context.answer(() -> context.mapper().issued(issued), () -> shown(context, issued, ""));
        });
    }

    @Command(name = "list", description = "List keys, the oldest first, without their secrets.")
    int list(@Mixin CommandOptions options,
            @Option(names = "--group", paramLabel = "G", description = "Only the keys of this group.") @Nullable String group) {
        return options.run(context -> {
            List<ApiKey> keys = group == null
                    ? context.administration().keys()
                    : context.administration().keys(group);
            return context.answer(
                    () -> context.mapper().keys(new Page<>(keys, false)),
                    () -> keys.isEmpty()
                            ? "There are no keys" + (group == null ? "" : " in the group " + group)
                                    + ". Make one with: retouch keys create --group GROUP\n"
                            : table(keys, context));
        });
    }

    @Command(name = "revoke", description = "Revoke a key permanently.")
    int revoke(@Mixin CommandOptions options, @Parameters(paramLabel = "ID", description = ID) String id) {
        return options.run(context -> {
            ApiKey key = context.administration().revokeKey(id);
            return context.answer(() -> context.mapper().key(key), () -> "The key " + key.id() + " of the group "
                    + key.group() + " is revoked, since " + context.formatter().time(key.revoked()) + ".\n");
        });
    }

    @Command(name = "rotate", description = "Replace a key by a new key with the same group, label, limits, budget and expiry. The new secret is shown only once.")
    int rotate(@Mixin CommandOptions options, @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--grace", paramLabel = "DURATION", description = "How long the old key stays valid, such as 1h or 7d. Default: revoked immediately.") @Nullable String grace) {
        Duration wait = grace == null ? Duration.ZERO : OptionParsers.duration("--grace", grace);
        return options.run(context -> {
            IssuedKey issued = context.administration().rotateKey(id, wait);
            ApiKey old = context.administration().key(id);
            context.answer(() -> context.mapper().issued(issued),
                    () -> shown(context, issued, "The key " + id + " " + (old.revoked() != null
                            ? "no longer works"
                            : "works until " + context.formatter().time(old.expires())) + ".\n"));
            return 0;
        });
    }

    private static String shown(CommandContext context, IssuedKey issued, String before) {
        ApiKey key = issued.key();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("id", key.id());
        lines.put("group", key.group());
        lines.put("label", key.label().isEmpty() ? ConsoleFormatter.NOTHING : key.label());
        lines.put("expires", key.expires() == null ? "never" : context.formatter().time(key.expires()));
        lines.putAll(ConsoleFormatter.limits(key.limits()));
        lines.putAll(context.formatter().budget(context.ledger().budget(BudgetOwner.ofKey(key.rootKeyId()))));
        return before + "Made a key. It is shown only now, so keep it where only its user can read it:\n\n"
                + issued.secret() + "\n\n" + TextTable.properties(lines);
    }

    private static String table(List<ApiKey> keys, CommandContext context) {
        ConsoleFormatter formatter = context.formatter();
        Map<String, Budget> budgets = context.budgets();
        Instant now = context.clock().instant();
        TextTable table = new TextTable().leftAligned("ID").leftAligned("GROUP").leftAligned("LABEL").leftAligned("KEY")
                .leftAligned("STATE")
                .leftAligned("CREATED").leftAligned("EXPIRES").leftAligned("LAST USED").rightAligned("AVAILABLE")
                .rightAligned("SPENT");
        for (ApiKey key : keys) {
            Optional<Budget> budget = Optional.ofNullable(budgets.get(BudgetOwner.ofKey(key.rootKeyId())));
            table.row(List.of(key.id(), key.group(), key.label().isEmpty() ? ConsoleFormatter.NOTHING : key.label(),
                    key.prefix() + "...", state(key, now), formatter.time(key.created()), formatter.time(key.expires()),
                    formatter.time(key.lastUsed()), formatter.available(budget), formatter.spent(budget)));
        }
        return table.text();
    }

    /** Returns the state of a key: active, or the most permanent reason why it is invalid. */
    private static String state(ApiKey key, Instant now) {
        if (key.revoked() != null) {
            return "revoked";
        }
        if (key.expires() != null && !now.isBefore(key.expires())) {
            return "expired";
        }
        return key.disabled() ? "disabled" : "active";
    }
}
