/**
 * Attacks on a gateway with a small heap, started as users start it, while another tenant works. {@code DenialTest} runs all of them for a
 * short time in every build, and longer on request. Add attacks to {@code Attacks}.
 */
@NullMarked
package dev.retouch.contract.denial;

import org.jspecify.annotations.NullMarked;
