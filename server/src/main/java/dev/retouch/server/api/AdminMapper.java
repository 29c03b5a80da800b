package dev.retouch.server.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.Budget;
import dev.retouch.server.billing.BudgetOwner;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.model.BudgetDto;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.GroupDto;
import dev.retouch.server.contract.model.GroupList;
import dev.retouch.server.contract.model.IssuedKeyDto;
import dev.retouch.server.contract.model.Key;
import dev.retouch.server.contract.model.KeyList;
import dev.retouch.server.contract.model.ModerationDto;
import dev.retouch.server.contract.model.OwnKey;
import dev.retouch.server.contract.model.RoomLimitsDto;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.ApiKey;
import dev.retouch.server.key.ApiPrincipal;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.IssuedKey;
import dev.retouch.server.key.Page;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.QuotedList;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;

/**
 * Maps groups, keys and budgets to models of the contract and back, for the delegates and for JSON of the command
 * line.
 */
public final class AdminMapper {

    /** as in the contract; BigDecimal would also accept exponents and digits of other scripts */
    private static final Pattern AMOUNT = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

    /** The word for the changes to images that the settings choose. */
    private static final String DEFAULT = "default";

    private static final int MAX_NOTE = 200;
    private static final long END_OF_9999 = 253_402_300_799L;

    private final Ledger ledger;
    private final String currency;

    /**
     * Creates the mapper.
     *
     * @param ledger source of the budgets
     */
    public AdminMapper(Ledger ledger, String currency) {
        this.ledger = ledger;
        this.currency = currency;
    }

    /** Returns groups with their budgets, which are read at once. */
    public GroupList groups(Page<Group> groups) {
        Map<String, Budget> budgets = ledger
                .budgets(groups.elements().stream().map(group -> BudgetOwner.ofGroup(group.name())).toList());
        return new GroupList()._object(GroupList.ObjectEnum.LIST).hasMore(groups.hasMore())
                .data(groups.elements().stream()
                        .map(group -> group(group,
                                Optional.ofNullable(budgets.get(BudgetOwner.ofGroup(group.name())))))
                        .toList());
    }

    /** Returns keys with their budgets, which are read at once. */
    public KeyList keys(Page<ApiKey> keys) {
        Map<String, Budget> budgets = ledger
                .budgets(keys.elements().stream().map(key -> BudgetOwner.ofKey(key.rootKeyId())).toList());
        return new KeyList()._object(KeyList.ObjectEnum.LIST).hasMore(keys.hasMore())
                .data(keys.elements().stream()
                        .map(key -> key(key, Optional.ofNullable(budgets.get(BudgetOwner.ofKey(key.rootKeyId())))))
                        .toList());
    }

    /** Returns a group with its budget. */
    public GroupDto group(Group group) {
        return group(group, ledger.budget(BudgetOwner.ofGroup(group.name())));
    }

    private GroupDto group(Group group, Optional<Budget> budget) {
        return new GroupDto()._object(GroupDto.ObjectEnum.GROUP).name(group.name()).platform(group.platform())
                .imagePermission(group.imagePermission()).models(group.models()).upstreams(group.upstreams())
                .limits(limits(group.limits())).moderation(moderation(group.moderation()))
                .normalise(normalise(group))
                .maskMode(group.maskMode().wireName()).fallbackModels(group.fallbackModels())
                .retain(group.retention().mode().wireName()).retainDays(group.retention().days())
                .budget(budget(budget));
    }

    /** Returns a key with its budget, without the secret. */
    public Key key(ApiKey key) {
        return key(key, ledger.budget(BudgetOwner.ofKey(key.rootKeyId())));
    }

    private Key key(ApiKey key, Optional<Budget> budget) {
        return new Key()._object(Key.ObjectEnum.KEY).id(key.id()).account(key.rootKeyId()).group(key.group())
                .label(key.label())
                .prefix(key.prefix()).limits(limits(key.limits())).budget(budget(budget))
                .createdAt(key.created().getEpochSecond()).expiresAt(seconds(key.expires())).disabled(key.disabled())
                .revokedAt(seconds(key.revoked())).lastUsedAt(seconds(key.lastUsed()));
    }

    /**
     * Returns the key of a request for its holder. Of the group's budget it has only how much is left for this key: the
     * smaller amount of both budgets.
     */
    OwnKey ownKey(ApiPrincipal principal) {
        ApiKey key = principal.key();
        Group group = principal.group();
        Optional<String> available = Stream.of(BudgetOwner.ofKey(key.rootKeyId()), BudgetOwner.ofGroup(group.name()))
                .map(ledger::budget).flatMap(Optional::stream).filter(Budget::limited).map(Budget::available)
                .min(Comparator.naturalOrder()).map(Money::toString).filter(amount -> !group.free());
        return new OwnKey()._object(OwnKey.ObjectEnum.OWN_KEY).id(key.id()).account(key.rootKeyId())
                .group(group.name()).label(key.label()).prefix(key.prefix()).models(group.models())
                .limits(limits(key.limits())).groupLimits(limits(group.limits())).free(group.free())
                .budget(budget(BudgetOwner.ofKey(key.rootKeyId()))).available(available.orElse(null))
                .createdAt(key.created().getEpochSecond()).expiresAt(seconds(key.expires()));
    }

    /** Returns a new key with its secret. */
    public IssuedKeyDto issued(IssuedKey issued) {
        return new IssuedKeyDto()._object(IssuedKeyDto.ObjectEnum.ISSUED_KEY).secret(issued.secret())
                .key(key(issued.key()));
    }

    /** Returns the budget of an owner. An owner without funds has no limit. */
    public BudgetDto budget(String owner) {
        return budget(ledger.budget(owner));
    }

    /** Returns a budget as a model of the contract. */
    public BudgetDto budget(Optional<Budget> known) {
        return new BudgetDto().currency(currency)
                .limited(known.map(Budget::limited).orElse(false))
                .available(known.map(Budget::available).orElse(Money.ZERO).toString())
                .held(known.map(Budget::held).orElse(Money.ZERO).toString())
                .spent(known.map(Budget::spent).orElse(Money.ZERO).toString());
    }

    /** Parses the first amount of a budget, in currency units. */
    static @Nullable BigDecimal firstBudget(@Nullable String text) {
        return text == null ? null : money(text, "budget").amount();
    }

    /** Rejects an amount that a budget cannot hold. */
    static ApiException tooLarge(String field) {
        return wrong(field, "the budget would exceed what the ledger can hold");
    }

    /** Parses a note for the ledger. */
    static String note(@Nullable String text) {
        String note = text == null ? "" : text;
        int length = note.codePointCount(0, note.length());
        if (length > MAX_NOTE) {
            throw new ApiException(ErrorMessage.STRING_IS_TOO_LONG, "note").withArgument("maximum", MAX_NOTE)
                    .withArgument("length", length);
        }
        return note;
    }

    /** Parses an amount that is not zero. */
    static Money money(@Nullable String text, String field) {
        Money money = amount(text, field);
        if (money.isZero()) {
            throw wrong(field, "it must not be zero");
        }
        return money;
    }

    /** Parses an amount. */
    static Money amount(@Nullable String text, String field) {
        if (text == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, field);
        }
        try {
            if (AMOUNT.matcher(text).matches()) {
                return Money.of(new BigDecimal(text));
            }
        } catch (ArithmeticException e) {
            // too many digits
        }
        throw wrong(field, "it must be a decimal amount, such as 5 or 12.50");
    }

    static @Nullable AdmissionLimits limits(@Nullable RoomLimitsDto limits) {
        if (limits == null) {
            return null;
        }
        Integer wait = limits.getQueueWaitSeconds();
        try {
            return new AdmissionLimits(limits.getConcurrentEdits(), limits.getQueue(),
                    wait == null ? null : Duration.ofSeconds(wait), limits.getRequestsPerMinute(),
                    limits.getImagesPerMinute());
        } catch (IllegalArgumentException e) {
            throw wrong("limits", String.valueOf(e.getMessage()));
        }
    }

    static @Nullable ModerationPolicy moderation(@Nullable ModerationDto moderation) {
        if (moderation == null) {
            return null;
        }
        ModerationDto.ModeEnum mode = moderation.getMode();
        ModerationDto.OnFailureEnum onFailure = moderation.getOnFailure();
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

    static @Nullable MaskMode maskMode(@Nullable String name) {
        return name == null
                ? null
                : MaskMode.ofWireName(name).orElseThrow(
                        () -> new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, MaskMode.PARAMETER)
                                .withArgument("value", name).withArgument("supported", QuotedList
                                        .of(Stream.of(MaskMode.values()).map(MaskMode::wireName).toList())));
    }

    /** Returns the time of {@code expires_at}. Rejects years that no date of a log or a database can have. */
    static @Nullable Instant instant(@Nullable Long seconds) {
        if (seconds == null) {
            return null;
        }
        if (seconds < 0 || seconds > END_OF_9999) {
            throw wrong("expires_at", "it must be a time in Unix seconds, up to the year 9999");
        }
        return Instant.ofEpochSecond(seconds);
    }

    /** Rejects a missing body. */
    static <T> T given(@Nullable T document) {
        if (document == null) {
            throw new ApiException(ErrorMessage.JSON_IS_MALFORMED).withArgument("reason",
                    "it is empty; send an object");
        }
        return document;
    }

    /** Rejects a list with null elements. */
    static @Nullable List<String> names(String field, @Nullable List<String> given) {
        if (given != null && given.stream().anyMatch(Objects::isNull)) {
            throw wrong(field, "it must be a list of names, without null");
        }
        return given;
    }

    /** The choice of changes to images: a list, or the word {@code default} alone. */
    static GroupChange.@Nullable Normalisation normalise(@Nullable List<String> given) {
        if (given == null) {
            return null;
        }
        if (given.equals(List.of(DEFAULT))) {
            return new GroupChange.Normalisation(null);
        }
        try {
            return new GroupChange.Normalisation(
                    NormalisationStep.setOf(given.stream().map(String::valueOf).toList()));
        } catch (IllegalArgumentException e) {
            throw wrong("normalise", e.getMessage() + "; or send [\"default\"]");
        }
    }

    private static List<String> normalise(Group group) {
        Set<NormalisationStep> steps = group.normalise();
        return steps == null ? List.of(DEFAULT) : steps.stream().map(NormalisationStep::wireName).sorted().toList();
    }

    static ApiException wrong(String field, String reason) {
        return ListParameters.wrong(field, reason);
    }

    private static RoomLimitsDto limits(AdmissionLimits limits) {
        Duration wait = limits.queueWait();
        return new RoomLimitsDto().concurrentEdits(limits.concurrentEdits()).queue(limits.queue())
                .queueWaitSeconds(wait == null ? null : Math.toIntExact(wait.toSeconds()))
                .requestsPerMinute(limits.requestsPerMinute()).imagesPerMinute(limits.imagesPerMinute());
    }

    private static ModerationDto moderation(ModerationPolicy policy) {
        return new ModerationDto().mode(ModerationDto.ModeEnum.fromValue(lower(policy.mode())))
                .onFailure(ModerationDto.OnFailureEnum.fromValue(lower(policy.onFailure())))
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
