package dev.retouch.server.billing;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An edit as the ledger has it.
 *
 * @param id its id
 * @param keyId the key that asked for it
 * @param group the name of the key's group
 * @param model the model's id
 * @param currency what its price is in
 * @param priceVersion the price list by which it is charged
 * @param free whether it costs nothing, whatever the price list says
 * @param state how far it has come
 * @param held what was held for it
 * @param cost what it has cost, nothing as long as that is not known
 * @param imagesAsked how many images were asked for
 * @param delivered what came of it
 * @param created when it was let through
 * @param decided when it ended or became undecided, if it did
 * @param note how that was decided, where it is not simply the upstream's answer
 */
public record RecordedEdit(String id, String keyId, String group, String model, String currency, String priceVersion,
        boolean free, EditState state, Money held, Money cost, long imagesAsked, Delivered delivered, Instant created,
        @Nullable Instant decided, @Nullable String note) {}
