package dev.retouch.server.app;

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

import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.model.KeyList;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.IssuedKey;
import dev.retouch.server.key.NewKey;
import dev.retouch.server.policy.RoomLimits;

/** {@code retouch keys}: who may call. A key is printed when it is made, to the output that was asked for and nowhere else. */
@Command(name = "keys", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, versionProvider = RetouchCommand.Version.class, description = "Make, list, revoke and rotate keys.")
final class KeysCommand {

    private static final String ID = "The id of the key, key_..., as the list shows it.";

    @Command(name = "create", description = "Make a key and show it, which is possible only now.")
    int create(@Mixin DeskOptions options,
            @Option(names = "--group", required = true, paramLabel = "G", description = "The group that it belongs to.") String group,
            @Option(names = "--label", paramLabel = "L", description = "What it is for, in one line.") @Nullable String label,
            @Option(names = "--expires", paramLabel = "WHEN", description = "When it stops working: at the end of a day such as 2026-12-31 (local time), at a time such as"
                    + " 2026-12-31T18:00:00Z, or after a duration such as 30d. Without it, never.") @Nullable String expires,
            @Option(names = "--budget", paramLabel = "AMOUNT", description = "What it may spend. Without one only its group's budget counts.") @Nullable String budget,
            @Mixin LimitOptions limits) {
        Money amount = Values.budget(budget); // before anything is made
        RoomLimits room = Objects.requireNonNullElse(limits.over(RoomLimits.NONE), RoomLimits.NONE);
        return options.run(desk -> {
            Instant end = expires == null ? null : Values.expiry("--expires", expires, desk.clock());
            IssuedKey issued = desk.administration()
                    .createKey(new NewKey(group, Objects.requireNonNullElse(label, ""), end, room));
            if (amount != null) {
                desk.ledger().fund(Owner.ofKey(issued.key().account()), amount, "made with it");
            }
            return desk.answer(() -> desk.documents().issued(issued), () -> shown(desk, issued, ""));
        });
    }

    @Command(name = "list", description = "List keys, the oldest first, without the keys themselves.")
    int list(@Mixin DeskOptions options,
            @Option(names = "--group", paramLabel = "G", description = "Only the keys of this group.") @Nullable String group) {
        return options.run(desk -> {
            List<ApiKey> keys = group == null
                    ? desk.administration().keys()
                    : desk.administration().keys(group);
            return desk.answer(
                    () -> new KeyList()._object(KeyList.ObjectEnum.LIST)
                            .data(keys.stream().map(desk.documents()::key).toList()),
                    () -> keys.isEmpty()
                            ? "There are no keys" + (group == null ? "" : " in the group " + group)
                                    + ". Make one with: retouch keys create --group GROUP\n"
                            : table(keys, desk));
        });
    }

    @Command(name = "revoke", description = "End a key for good.")
    int revoke(@Mixin DeskOptions options, @Parameters(paramLabel = "ID", description = ID) String id) {
        return options.run(desk -> {
            ApiKey key = desk.administration().revokeKey(id);
            return desk.answer(() -> desk.documents().key(key), () -> "The key " + key.id() + " of the group "
                    + key.group() + " is revoked, since " + desk.wording().time(key.revoked()) + ".\n");
        });
    }

    @Command(name = "rotate", description = "Make a key that takes another one's place, with its group, label, limits, budget and expiry, and show it, which is possible only now.")
    int rotate(@Mixin DeskOptions options, @Parameters(paramLabel = "ID", description = ID) String id,
            @Option(names = "--grace", paramLabel = "DURATION", description = "How long the old key goes on working, such as 1h or 7d. Without it, it ends at once.") @Nullable String grace) {
        Duration wait = grace == null ? Duration.ZERO : Values.duration("--grace", grace);
        return options.run(desk -> {
            IssuedKey issued = desk.administration().rotateKey(id, wait);
            ApiKey old = desk.administration().key(id);
            desk.answer(() -> desk.documents().issued(issued),
                    () -> shown(desk, issued, "The key " + id + " " + (old.revoked() != null
                            ? "no longer works"
                            : "works until " + desk.wording().time(old.expires())) + ".\n"));
            return 0;
        });
    }

    private static String shown(Desk desk, IssuedKey issued, String before) {
        ApiKey key = issued.key();
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("id", key.id());
        lines.put("group", key.group());
        lines.put("label", key.label().isEmpty() ? Wording.NOTHING : key.label());
        lines.put("expires", key.expires() == null ? "never" : desk.wording().time(key.expires()));
        lines.putAll(Wording.limits(key.room()));
        lines.putAll(desk.wording().budget(desk.ledger().budget(Owner.ofKey(key.account()))));
        return before + "Made a key. It is shown only now, so keep it where only its user can read it:\n\n"
                + issued.secret() + "\n\n" + TextTable.properties(lines);
    }

    private static String table(List<ApiKey> keys, Desk desk) {
        Wording wording = desk.wording();
        Map<String, Budget> budgets = desk.budgets();
        Instant now = desk.clock().instant();
        TextTable table = new TextTable().words("ID").words("GROUP").words("LABEL").words("KEY").words("STATE")
                .words("CREATED").words("EXPIRES").words("LAST USED").numbers("AVAILABLE").numbers("SPENT");
        for (ApiKey key : keys) {
            Optional<Budget> budget = Optional.ofNullable(budgets.get(Owner.ofKey(key.account())));
            table.row(List.of(key.id(), key.group(), key.label().isEmpty() ? Wording.NOTHING : key.label(),
                    key.prefix() + "...", state(key, now), wording.time(key.created()), wording.time(key.expires()),
                    wording.time(key.lastUsed()), wording.available(budget), wording.spent(budget)));
        }
        return table.text();
    }

    /** Whether it works, or which of the reasons for which it does not cannot be undone soonest. */
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
