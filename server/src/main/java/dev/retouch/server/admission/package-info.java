/**
 * Room: who may edit now, who waits for a moment, and who is told to come back. {@code ServerRoom} bounds what this
 * process takes in, whoever asks; {@code RateLimits} bounds how much a key and its group begin within a minute;
 * {@code Slots} bounds how many of their edits run at the same time, with a short queue that is served in order. Rates
 * and slots exist twice: in the memory of a process that is alone, and in a database that several instances share. The
 * way of an edit asks them one after the other. Every refusal says when coming back is worth it. Knows limits and
 * names, never requests, keys or images.
 */
@NullMarked
package dev.retouch.server.admission;

import org.jspecify.annotations.NullMarked;
