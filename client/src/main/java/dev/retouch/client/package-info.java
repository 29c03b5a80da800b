/**
 * The friendly front of the Java client: send images and a sentence, get edited images into files.
 * <p>
 * Called by the teams that use a gateway; {@link dev.retouch.client.RetouchClient} is where to start. It stands on the
 * packages generated from the contract ({@code api}, {@code model}, {@code invoker}), whose models it hands out.
 * <p>
 * It never retries by itself, because an edit costs money and only its caller knows whether a second one is worth it;
 * never checks what the gateway checks better; never holds an image that it sends in memory; and never sends the key
 * anywhere but to the gateway.
 */
@NullMarked
package dev.retouch.client;

import org.jspecify.annotations.NullMarked;
