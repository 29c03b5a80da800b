/**
 * The Java client of the gateway: sends images and a prompt, returns edited images or writes them into files. Start with
 * {@link dev.retouch.client.RetouchClient}.
 * <p>
 * Uses the packages generated from the contract ({@code api}, {@code model}, {@code invoker}), and returns their models.
 * <p>
 * Never retries, because an edit costs money; never validates what the gateway validates; never holds an uploaded image in memory;
 * and sends the API key only to the gateway.
 */
@NullMarked
package dev.retouch.client;

import org.jspecify.annotations.NullMarked;
