/**
 * The provider-neutral content of an upstream's response. Readers turn a wire format into parts in order of arrival.
 * The {@link dev.retouch.server.answer.AnswerMeter} counts images and usage. Writers turn parts into the form that the
 * client asked for. Any reader works with any writer. Called by {@code edit}; knows no upstream, no budget and no HTTP.
 */
@NullMarked
package dev.retouch.server.answer;

import org.jspecify.annotations.NullMarked;
