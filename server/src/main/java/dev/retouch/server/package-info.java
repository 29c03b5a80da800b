/**
 * The gateway. A package may depend only on packages to its right in this order, inside braces too:
 *
 * <pre>
 * {cli, app, config, observe} → http → api → {intake, task, idempotency} → edit → {upstream, fetch, billing, key, catalog}
 *     → answer → {moderation, exchange, hosting, price, retention, normalise} → {admission, model, image, network, bytes} → {database, storage}
 *     → {error, secret, settings, log}
 * </pre>
 *
 * <p>
 * Subpackages belong to their parent. Package {@code contract} is generated from the contract; any package may depend on it. A test
 * checks the order.
 */
@NullMarked
package dev.retouch.server;

import org.jspecify.annotations.NullMarked;
