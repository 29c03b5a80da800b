package dev.retouch.server.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.billing.Owner;
import dev.retouch.server.contract.model.Budget;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.Group;
import dev.retouch.server.contract.model.IssuedKey;
import dev.retouch.server.contract.model.Key;
import dev.retouch.server.contract.model.Moderation;
import dev.retouch.server.contract.model.RoomLimits;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.policy.ModerationPolicy;

/** Groups, keys and budgets as the contract writes them, and back. For the delegates, and for the command line's JSON. */
public final class AdminDocuments {

    /** As the contract has it; Java would read digits of other scripts and powers of ten too. */
    private static final Pattern AMOUNT = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

    private final Ledger ledger;
    private final String currency;

    /** Writes budgets as this ledger has them. */
    public AdminDocuments(Ledger ledger, String currency) {
        this.ledger = ledger;
        this.currency = currency;
    }

    /** A group with its budget. */
    public Group group(dev.retouch.server.key.Group group) {
        return new Group()._object(Group.ObjectEnum.GROUP).name(group.name()).platform(group.platform())
                .imagePermission(group.imagePermission()).models(group.models()).upstreams(group.upstreams())
                .limits(limits(group.room())).moderation(moderation(group.moderation()))
                .budget(budget(Owner.ofGroup(group.name())));
    }

    /** A key with its budget, without the key itself. */
    public Key key(ApiKey key) {
        return new Key()._object(Key.ObjectEnum.KEY).id(key.id()).account(key.account()).group(key.group())
                .label(key.label())
                .prefix(key.prefix()).limits(limits(key.room())).budget(budget(Owner.ofKey(key.account())))
                .createdAt(key.created().getEpochSecond()).expiresAt(seconds(key.expires())).disabled(key.disabled())
                .revokedAt(seconds(key.revoked())).lastUsedAt(seconds(key.lastUsed()));
    }

    /** A key that was just made, with the key itself. */
    public IssuedKey issued(dev.retouch.server.key.IssuedKey issued) {
        return new IssuedKey()._object(IssuedKey.ObjectEnum.ISSUED_KEY).secret(issued.secret())
                .key(key(issued.key()));
    }

    /** The budget of an owner; one that nobody has funded is not limited. */
    public Budget budget(String owner) {
        Optional<dev.retouch.server.billing.Budget> known = ledger.budget(owner);
        return new Budget().currency(currency)
                .limited(known.map(dev.retouch.server.billing.Budget::limited).orElse(false))
                .available(known.map(dev.retouch.server.billing.Budget::available).orElse(Money.ZERO).toString())
                .held(known.map(dev.retouch.server.billing.Budget::held).orElse(Money.ZERO).toString())
                .spent(known.map(dev.retouch.server.billing.Budget::spent).orElse(Money.ZERO).toString());
    }

    /** Adds an amount to a budget, if one is given. */
    void fund(String owner, @Nullable String amount, String field, String note) {
        if (amount != null) {
            ledger.fund(owner, money(amount, field), note);
        }
    }

    /** An amount as people write it. */
    static Money money(@Nullable String text, String field) {
        if (text == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, field);
        }
        try {
            if (AMOUNT.matcher(text).matches()) {
                Money money = Money.of(new BigDecimal(text));
                if (money.isZero()) {
                    throw wrong(field, "it must not be zero");
                }
                return money;
            }
        } catch (ArithmeticException e) {
            // more digits than any money has
        }
        throw wrong(field, "it must be a decimal amount, such as 5 or 12.50");
    }

    static dev.retouch.server.policy.@Nullable RoomLimits limits(@Nullable RoomLimits limits) {
        if (limits == null) {
            return null;
        }
        Integer wait = limits.getQueueWaitSeconds();
        try {
            return new dev.retouch.server.policy.RoomLimits(limits.getConcurrentEdits(), limits.getQueue(),
                    wait == null ? null : Duration.ofSeconds(wait), limits.getRequestsPerMinute(),
                    limits.getImagesPerMinute());
        } catch (IllegalArgumentException e) {
            throw wrong("limits", String.valueOf(e.getMessage()));
        }
    }

    static @Nullable ModerationPolicy moderation(@Nullable Moderation moderation) {
        if (moderation == null) {
            return null;
        }
        Moderation.ModeEnum mode = moderation.getMode();
        Moderation.OnFailureEnum onFailure = moderation.getOnFailure();
        Map<String, BigDecimal> thresholds = moderation.getThresholds();
        if (thresholds != null && thresholds.values().stream().anyMatch(Objects::isNull)) {
            throw wrong("moderation.thresholds", "a threshold must be a number");
        }
        try {
            return new ModerationPolicy(
                    mode == null ? ModerationPolicy.Mode.OFF : ModerationPolicy.Mode.valueOf(upper(mode.toString())),
                    onFailure == null
                            ? ModerationPolicy.OnFailure.CLOSED
                            : ModerationPolicy.OnFailure.valueOf(upper(onFailure.toString())),
                    thresholds == null ? Map.of() : thresholds);
        } catch (IllegalArgumentException e) {
            throw wrong("moderation.thresholds", String.valueOf(e.getMessage()));
        }
    }

    static @Nullable Instant instant(@Nullable Long seconds) {
        return seconds == null ? null : Instant.ofEpochSecond(seconds);
    }

    /** A document that has to be there. */
    static <T> T given(@Nullable T document) {
        if (document == null) {
            throw new ApiException(ErrorMessage.JSON_IS_MALFORMED).with("reason", "it is empty; send an object");
        }
        return document;
    }

    /** Names without holes between them. */
    static @Nullable List<String> names(String field, @Nullable List<String> given) {
        if (given != null && given.stream().anyMatch(Objects::isNull)) {
            throw wrong(field, "it must be a list of names, without null");
        }
        return given;
    }

    static ApiException wrong(String field, String reason) {
        return new ApiException(ErrorMessage.VALUE_IS_INVALID, field).with("reason", reason);
    }

    private static RoomLimits limits(dev.retouch.server.policy.RoomLimits room) {
        Duration wait = room.queueWait();
        return new RoomLimits().concurrentEdits(room.concurrentEdits()).queue(room.queue())
                .queueWaitSeconds(wait == null ? null : Math.toIntExact(wait.toSeconds()))
                .requestsPerMinute(room.requestsPerMinute()).imagesPerMinute(room.imagesPerMinute());
    }

    private static Moderation moderation(ModerationPolicy policy) {
        return new Moderation().mode(Moderation.ModeEnum.fromValue(lower(policy.mode())))
                .onFailure(Moderation.OnFailureEnum.fromValue(lower(policy.onFailure())))
                .thresholds(new LinkedHashMap<>(policy.thresholds()));
    }

    private static @Nullable Long seconds(@Nullable Instant instant) {
        return instant == null ? null : instant.getEpochSecond();
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
