/**
 * What providers and relays really answer: each case is data in {@code src/test/resources/dev/retouch/contract/answer}, spoken by a
 * scripted provider over HTTP to a real gateway, with what the client gets and what the ledger says afterwards. Add cases there.
 */
@NullMarked
package dev.retouch.contract.answer;

import org.jspecify.annotations.NullMarked;
