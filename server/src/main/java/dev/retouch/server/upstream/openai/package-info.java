/**
 * The OpenAI wire format towards upstreams: writes edits as multipart forms or JSON, and maps error responses to errors of the contract.
 *
 * <p>Opens no connection and decides nothing about failover: that is the parent package's work.
 */
@NullMarked
package dev.retouch.server.upstream.openai;

import org.jspecify.annotations.NullMarked;
