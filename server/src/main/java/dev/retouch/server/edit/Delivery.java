package dev.retouch.server.edit;

import java.net.URI;
import java.util.Map;

import dev.retouch.server.intake.Exchange;

/**
 * Everything about an edit that was sent which its answer needs.
 *
 * @param asked what the upstream was asked to return
 * @param headers what the caller is told in any case
 * @param linkBase where links point to
 * @param exchange owns what the answer opens
 * @param bill told how it ended
 * @param place given back as soon as the upstream is done
 * @param outlastsClient whether it goes on when the caller has gone away
 */
record Delivery(Asked asked, Map<String, String> headers, URI linkBase, Exchange exchange, Bill bill, Room.Place place,
        boolean outlastsClient) {}
